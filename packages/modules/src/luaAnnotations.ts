import { isClass } from './moduleClasses.ts'
import { isPlainObject } from './moduleTable.ts'

/** Words that are no names in Lua. */
const reserved = new Set(
  (
    'and break do else elseif end false for function global goto if in local nil not or repeat return then true ' +
    'until while'
  ).split(' '),
)
const identifier = /^[A-Za-z_]\w*$/

const isName = (text: string): boolean => identifier.test(text) && !reserved.has(text)

/** Writes a file of LuaCATS annotations for a module that was registered as an object, class or function. */
export function luaAnnotations(name: string, module: object): string {
  const lines = [`---@meta ${name}`, '']
  if (typeof module === 'function' && !isClass(module)) {
    lines.push(...parameterNotes(module), `local function module(${parametersOf(module).join(', ')}) end`)
  } else {
    describeTable(lines, name, 'module', module, new Set())
  }
  lines.push('', 'return module', '')
  return lines.join('\n')
}

/** Describes a table as a class of LuaCATS: fields first, then its functions, then the tables in it. */
function describeTable(lines: string[], type: string, path: string, table: object, outer: ReadonlySet<object>): void {
  if (isClass(table)) {
    describeClass(lines, type, path, table)
    return
  }
  const members = membersOf(table)
  const nested = members.filter(([, value]) => isTable(value) && !outer.has(value as object))
  lines.push(`---@class ${type}`)
  for (const [key, value] of members) {
    if (typeof value === 'function' && !isClass(value) && isName(key)) continue
    lines.push(`---@field ${fieldName(key)} ${isTable(value) ? `${type}.${key}` : typeOf(value)}`)
  }
  lines.push(`${path.includes('.') ? '' : 'local '}${path} = {}`)
  for (const [key, value] of members) {
    if (typeof value === 'function' && !isClass(value) && isName(key)) describeFunction(lines, `${path}.${key}`, value)
  }
  for (const [key, value] of nested) {
    if (!isName(key)) continue
    lines.push('')
    describeTable(lines, `${type}.${key}`, `${path}.${key}`, value as object, new Set([...outer, table]))
  }
}

function describeFunction(lines: string[], path: string, fn: unknown): void {
  const parameters = parametersOf(fn)
  lines.push('', ...parameterNotes(fn), `---@return any ...`)
  lines.push(`function ${path}(${parameters.join(', ')}) end`)
}

function describeClass(lines: string[], type: string, path: string, hostClass: unknown): void {
  const { prototype } = hostClass as { prototype: object }
  const members = Object.entries(Object.getOwnPropertyDescriptors(prototype)).filter(([key]) => !key.startsWith('_'))
  lines.push(`---@class ${type}`, `---@overload fun(...: any): ${type}`)
  for (const [key, { get, set }] of members) if (get ?? set) lines.push(`---@field ${fieldName(key)} any`)
  lines.push(`${path.includes('.') ? '' : 'local '}${path} = {}`, '')
  lines.push('---@param ... any', `---@return ${type}`, `function ${path}.new(...) end`)
  for (const [key, { value }] of members) {
    if (key !== 'constructor' && typeof value === 'function' && isName(key)) {
      describeFunction(lines, `${path}:${key}`, value)
    }
  }
}

function membersOf(table: object): [string, unknown][] {
  return table instanceof Map ? [...table].map(([key, value]) => [String(key), value]) : Object.entries(table)
}

function isTable(value: unknown): boolean {
  return isPlainObject(value) || isClass(value)
}

function fieldName(key: string): string {
  return isName(key) ? key : `[${JSON.stringify(key)}]`
}

function typeOf(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'number'
    case 'bigint':
      return 'integer'
    case 'string':
      return 'string'
    case 'boolean':
      return 'boolean'
    case 'function':
      return 'function'
    case 'object':
      if (value === null) return 'nil'
      if (Array.isArray(value)) return 'any[]'
      return value instanceof Uint8Array || value instanceof RegExp ? 'string' : 'table'
    default:
      return 'any'
  }
}

function parameterNotes(fn: unknown): string[] {
  return parametersOf(fn).map((parameter) => `---@param ${parameter} any`)
}

/** Names of a function's parameters as its source has them; those that are no names of Lua become `arg1`, `arg2`, … */
function parametersOf(fn: unknown): string[] {
  if (typeof fn !== 'function') return []
  const list = parameterList(Function.prototype.toString.call(fn))
  if (list === undefined) return ['...']
  return list.map((parameter, index) => {
    if (parameter.startsWith('...')) return '...'
    const [name = ''] = /^[\w$]+/.exec(parameter) ?? []
    return isName(name) ? name : `arg${index + 1}`
  })
}

/** The parameters in the source of a function; `undefined` when it does not show any, as for built-in ones. */
function parameterList(source: string): string[] | undefined {
  if (source.includes('[native code]')) return undefined
  const single = /^(?:async\s+)?([\w$]+)\s*=>/.exec(source)
  if (single?.[1] !== undefined) return [single[1]]
  const start = source.indexOf('(')
  if (start === -1) return undefined
  const parameters: string[] = []
  let depth = 0
  let current = ''
  for (const char of source.slice(start + 1)) {
    if (char === ')' && depth === 0) break
    if ('([{'.includes(char)) depth++
    if (')]}'.includes(char)) depth--
    if (char === ',' && depth === 0) {
      parameters.push(current.trim())
      current = ''
    } else current += char
  }
  if (current.trim() !== '') parameters.push(current.trim())
  return parameters
}
