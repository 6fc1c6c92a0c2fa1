import { ErrorCode, invalidArgument } from '@lua-native/core-native'
import { expectation } from '../argument.ts'

/**
 * Metamethods that a class can define, by Lua's names. Each gets its operands as Lua passes them, so for `2 * v` the
 * second one of `__mul` is the instance. `__index` and `__newindex` are asked last, for names that the class lacks.
 */
export type OperatorName =
  | '__add'
  | '__sub'
  | '__mul'
  | '__div'
  | '__mod'
  | '__pow'
  | '__unm'
  | '__idiv'
  | '__band'
  | '__bor'
  | '__bxor'
  | '__shl'
  | '__shr'
  | '__bnot'
  | '__concat'
  | '__len'
  | '__eq'
  | '__lt'
  | '__le'
  | '__call'
  | '__index'
  | '__newindex'
  | '__tostring'
  | '__pairs'
  | '__close'

const operatorNames: ReadonlySet<string> = new Set<OperatorName>([
  '__add',
  '__sub',
  '__mul',
  '__div',
  '__mod',
  '__pow',
  '__unm',
  '__idiv',
  '__band',
  '__bor',
  '__bxor',
  '__shl',
  '__shr',
  '__bnot',
  '__concat',
  '__len',
  '__eq',
  '__lt',
  '__le',
  '__call',
  '__index',
  '__newindex',
  '__tostring',
  '__pairs',
  '__close',
])

/** Whether a name is that of a metamethod which a class can define. */
export function isOperator(name: string): name is OperatorName {
  return operatorNames.has(name)
}

/** Refuses operators that do not exist, or that the runtime needs for itself. */
export function checkOperator(name: string, of: string): asserts name is OperatorName {
  if (isOperator(name)) return
  if (name === '__gc' || name === '__mode' || name === '__name' || name === '__metatable') {
    throw invalidArgument(`Expected operators of ${of} without "${name}", which the runtime sets itself`)
  }
  throw invalidArgument(
    expectation(`operators of ${of}`, 'named like metamethods of Lua, such as "__add"', name),
    ErrorCode.unknownOption,
  )
}
