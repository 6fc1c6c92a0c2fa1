// Longer than a file should be: a grammar whose rules call each other, in one class.
import { TokenStream } from './tokenStream.ts'

/** A call of `require` in a source text. */
export interface RequireCall {
  /** The name of the module; not given when the text does not say it. */
  readonly name?: string
  readonly line: number
  /** Whether it is called through `pcall` or `xpcall`, and may fail. */
  readonly optional: boolean
}

/** What is known of an expression: that it is `require`, a protected call, the table of globals, or a string. */
interface Value {
  readonly is: 'require' | 'pcall' | 'xpcall' | 'globals' | 'string' | 'other'
  readonly text?: string
}

const other: Value = { is: 'other' }
const globals = new Map<string, Value>([
  ['require', { is: 'require' }],
  ['pcall', { is: 'pcall' }],
  ['xpcall', { is: 'xpcall' }],
  ['_G', { is: 'globals' }],
  ['_ENV', { is: 'globals' }],
])
const binary = new Set('+ - * / // % ^ .. < > <= >= == ~= & | ~ << >> and or'.split(' '))
const unary = new Set(['-', '#', '~', 'not'])
const blockEnds = new Set(['end', 'else', 'elseif', 'until'])

/**
 * Finds the calls of `require` in Lua source of any version from 5.1 to 5.5, by parsing it: names are followed through
 * local variables, so that `local need = require` counts, and a local function `require` does not. The source must be
 * one that compiles; for what is not Lua it may throw a `ScanError`.
 */
export function findRequireCalls(source: Uint8Array): RequireCall[] {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  return new Parser(new TokenStream(bytes.toString('latin1'))).parse()
}

/** Recursive descent over Lua's grammar (manual, section 9). It makes no tree: it notes calls and forgets the rest. */
class Parser {
  readonly #tokens: TokenStream
  readonly #calls: RequireCall[] = []
  readonly #scopes: Map<string, Value>[] = [globals, new Map()]

  constructor(tokens: TokenStream) {
    this.#tokens = tokens
  }

  parse(): RequireCall[] {
    this.#statements()
    if (this.#tokens.token.kind !== 'end') this.#tokens.fail()
    return this.#calls
  }

  #declare(name: string, value: Value = other): void {
    this.#scopes.at(-1)?.set(name, value)
  }

  #inScope(body: () => void): void {
    this.#scopes.push(new Map())
    body()
    this.#scopes.pop()
  }

  #block(): void {
    this.#inScope(() => this.#statements())
  }

  #statements(): void {
    for (;;) {
      const { kind, text } = this.#tokens.token
      if (kind === 'end' || (kind === 'name' && blockEnds.has(text))) return
      this.#statement()
    }
  }

  #statement(): void {
    const tokens = this.#tokens
    switch (tokens.token.kind === 'name' || tokens.token.kind === 'sign' ? tokens.token.text : '') {
      case ';':
        tokens.advance()
        return
      case '::':
        tokens.advance()
        tokens.name()
        tokens.expect('::')
        return
      case 'break':
        tokens.advance()
        return
      case 'do':
        tokens.advance()
        this.#block()
        tokens.expect('end')
        return
      case 'while':
        tokens.advance()
        this.#expression()
        tokens.expect('do')
        this.#block()
        tokens.expect('end')
        return
      case 'repeat':
        this.#repeat()
        return
      case 'if':
        this.#if()
        return
      case 'for':
        this.#for()
        return
      case 'function':
        this.#function()
        return
      case 'local':
        tokens.advance()
        this.#local()
        return
      case 'return':
        this.#return()
        return
      default:
        this.#other()
        return
    }
  }

  #repeat(): void {
    this.#tokens.advance()
    // The condition sees the locals of the block.
    this.#inScope(() => {
      this.#statements()
      this.#tokens.expect('until')
      this.#expression()
    })
  }

  #if(): void {
    do {
      this.#tokens.advance()
      this.#expression()
      this.#tokens.expect('then')
      this.#block()
    } while (this.#tokens.is('elseif'))
    if (this.#tokens.take('else')) this.#block()
    this.#tokens.expect('end')
  }

  #for(): void {
    this.#tokens.advance()
    const names = [this.#tokens.name()]
    while (this.#tokens.take(',')) names.push(this.#tokens.name())
    if (!this.#tokens.take('=')) this.#tokens.expect('in')
    this.#expressions()
    this.#tokens.expect('do')
    this.#inScope(() => {
      for (const name of names) this.#declare(name)
      this.#block()
    })
    this.#tokens.expect('end')
  }

  #function(): void {
    const tokens = this.#tokens
    tokens.advance()
    tokens.name()
    while (tokens.take('.') || tokens.take(':')) tokens.name()
    this.#body()
  }

  /** Behind `local` or, in Lua 5.5, `global`: a function, or names with attributes and values. */
  #local(): void {
    const tokens = this.#tokens
    if (tokens.take('function')) {
      this.#declare(tokens.name())
      this.#body()
      return
    }
    this.#attribute()
    if (tokens.take('*')) return
    const names: string[] = []
    do {
      names.push(tokens.name())
      this.#attribute()
    } while (tokens.take(','))
    const values = tokens.take('=') ? this.#expressions() : []
    for (const [index, name] of names.entries()) this.#declare(name, values[index])
  }

  /** A declaration of globals says nothing about their values. */
  #global(): void {
    this.#scopes.push(new Map())
    this.#local()
    this.#scopes.pop()
  }

  #attribute(): void {
    if (!this.#tokens.take('<')) return
    this.#tokens.name()
    this.#tokens.expect('>')
  }

  #return(): void {
    this.#tokens.advance()
    const { kind, text } = this.#tokens.token
    if (kind !== 'end' && text !== ';' && !(kind === 'name' && blockEnds.has(text))) this.#expressions()
    this.#tokens.take(';')
  }

  /** A call, an assignment, or a statement that begins with a word that can also be a name. */
  #other(): void {
    const tokens = this.#tokens
    const next = tokens.peek()
    if (tokens.is('goto') && next.kind === 'name') {
      tokens.advance()
      tokens.advance()
      return
    }
    if (tokens.is('global') && (next.kind === 'name' || next.text === '<' || next.text === '*')) {
      tokens.advance()
      this.#global()
      return
    }
    this.#suffixed()
    while (tokens.take(',')) this.#suffixed()
    if (tokens.take('=')) this.#expressions()
  }

  #body(): void {
    const tokens = this.#tokens
    this.#inScope(() => {
      tokens.expect('(')
      while (!tokens.take(')')) {
        // Lua 5.5 can name the table of variable arguments.
        const rest = tokens.take('...')
        if (!rest || tokens.token.kind === 'name') this.#declare(tokens.name())
        tokens.take(',')
      }
      this.#declare('self')
      this.#block()
    })
    tokens.expect('end')
  }

  #expressions(): Value[] {
    const values = [this.#expression()]
    while (this.#tokens.take(',')) values.push(this.#expression())
    return values
  }

  // Precedence does not matter: only an operand that stands alone has a known value.
  #expression(): Value {
    const { token } = this.#tokens
    let value = this.#operand()
    if (unary.has(token.text) && token.kind !== 'string') value = other
    while (binary.has(this.#tokens.token.text) && this.#tokens.token.kind !== 'string') {
      this.#tokens.advance()
      this.#operand()
      value = other
    }
    return value
  }

  #operand(): Value {
    const tokens = this.#tokens
    while (unary.has(tokens.token.text) && tokens.token.kind !== 'string') tokens.advance()
    const { kind, text } = tokens.token
    if (kind === 'number') {
      tokens.advance()
      return other
    }
    if (kind === 'string') {
      tokens.advance()
      return { is: 'string', text }
    }
    if (text === '{') return this.#table()
    if (tokens.take('function')) {
      this.#body()
      return other
    }
    if (tokens.take('...') || tokens.take('nil') || tokens.take('true') || tokens.take('false')) return other
    return this.#suffixed()
  }

  #table(): Value {
    const tokens = this.#tokens
    tokens.expect('{')
    while (!tokens.take('}')) {
      if (tokens.take('[')) {
        this.#expression()
        tokens.expect(']')
        tokens.expect('=')
      } else if (tokens.token.kind === 'name' && tokens.peek().kind === 'sign' && tokens.peek().text === '=') {
        tokens.advance()
        tokens.advance()
      }
      this.#expression()
      if (!tokens.take(',')) tokens.take(';')
    }
    return other
  }

  #suffixed(): Value {
    const tokens = this.#tokens
    const { line } = tokens.token
    let value: Value
    if (tokens.take('(')) {
      value = this.#expression()
      tokens.expect(')')
    } else {
      const name = tokens.name()
      value = this.#scopes.findLast((scope) => scope.has(name))?.get(name) ?? other
    }
    for (;;) {
      if (tokens.take('.')) value = memberOf(value, tokens.name())
      else if (tokens.take('[')) {
        const key = this.#expression()
        tokens.expect(']')
        value = memberOf(value, key.text)
      } else if (tokens.take(':')) {
        tokens.name()
        this.#arguments()
        value = other
      } else if (tokens.is('(') || tokens.is('{') || tokens.token.kind === 'string') {
        this.#note(value, this.#arguments(), line)
        value = other
      } else return value
    }
  }

  #arguments(): Value[] {
    const tokens = this.#tokens
    if (tokens.token.kind === 'string') return [{ is: 'string', text: tokens.advance().text }]
    if (tokens.is('{')) return [this.#table()]
    tokens.expect('(')
    const values = tokens.is(')') ? [] : this.#expressions()
    tokens.expect(')')
    return values
  }

  #note(called: Value, values: readonly Value[], line: number): void {
    const optional = called.is === 'pcall' || called.is === 'xpcall'
    if (optional && values[0]?.is === 'require') this.#add(values[called.is === 'pcall' ? 1 : 2], line, true)
    else if (called.is === 'require') this.#add(values[0], line, false)
    else if (values.some((value) => value.is === 'require')) this.#add(undefined, line, optional)
  }

  #add(name: Value | undefined, line: number, optional: boolean): void {
    if (name?.is !== 'string') this.#calls.push({ line, optional })
    else this.#calls.push({ name: Buffer.from(name.text ?? '', 'latin1').toString(), line, optional })
  }
}

function memberOf(table: Value, key: string | undefined): Value {
  return table.is === 'globals' && key !== undefined ? (globals.get(key) ?? other) : other
}
