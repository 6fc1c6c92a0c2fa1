/** Prints a transcript in aligned columns, and notes what did not happen as it says. */

const LABEL_WIDTH = 46
let failures = 0
let sections = 0

/** Starts a section. */
export function section(title: string): void {
  sections += 1
  console.log(`\n${sections}. ${title}`)
}

/** Prints a label and what goes with it. */
export function row(label: string, text: string): void {
  console.log(`   ${label.padEnd(LABEL_WIDTH)} ${text}`.trimEnd())
}

/** Prints a label and whether what it claims is so; a claim that does not hold fails the whole transcript. */
export function claim(label: string, holds: boolean): void {
  if (!holds) failures += 1
  row(label, holds ? 'yes' : 'NO: this did not happen')
}

/** Prints a value that has to be as expected. */
export function value(label: string, actual: unknown, expected: unknown): void {
  const shown = notation(actual)
  const holds = shown === notation(expected)
  if (!holds) failures += 1
  row(label, holds ? shown : `${shown}, EXPECTED ${notation(expected)}`)
}

/** Runs what has to throw, prints the error's class and message, and returns it. */
export function thrown<Thrown extends Error>(
  label: string,
  type: abstract new (...args: never) => Thrown,
  action: () => unknown,
): Thrown | undefined {
  try {
    action()
  } catch (error) {
    if (error instanceof type) {
      row(label, error.name)
      row('', error.message)
      return error
    }
    failures += 1
    row(label, `ANOTHER ERROR: ${error}`)
    return undefined
  }
  failures += 1
  row(label, 'NOTHING WAS THROWN')
  return undefined
}

/** Ends the transcript: a line that says how it went, and an exit code other than 0 when something is not as it says. */
export function finish(): void {
  const verdict = failures === 0 ? 'Everything above happened as it says.' : `${failures} of the above did not happen.`
  console.log(`\n${verdict}`)
  if (failures > 0) process.exitCode = 1
}

/** A value as one line of JavaScript. */
export function notation(from: unknown): string {
  if (Object.is(from, -0)) return '-0'
  if (typeof from === 'bigint') return `${from}n`
  if (typeof from === 'function') return 'a function'
  if (Array.isArray(from)) return `[${from.map(notation).join(', ')}]`
  if (typeof from === 'object' && from !== null) {
    // Sorted: a Lua table keeps no order of its keys.
    const entries = Object.entries(from)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => `${name}: ${notation(item)}`)
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
  }
  return typeof from === 'string' ? JSON.stringify(from) : String(from)
}
