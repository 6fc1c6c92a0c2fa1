/** One step into a value: a property name, an index, or a typed key of a Map or Lua table. */
export type PathStep = string | number | bigint | boolean | Uint8Array

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

function stepText(step: PathStep): string {
  if (typeof step === 'string') return identifier.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
  if (step instanceof Uint8Array) return '[<bytes>]'
  return typeof step === 'bigint' ? `[${step}n]` : `[${String(step)}]`
}

/** Writes a path in JavaScript notation: `args[0].items[3]`. */
export function pathText(root: string, steps: readonly PathStep[]): string {
  return root + steps.map(stepText).join('')
}
