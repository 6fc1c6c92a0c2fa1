import type { Attack } from './attack.ts'
import type { Death, Ending, Outcome } from './attackProcess.ts'

/** The bounds on one run. */
export interface Bounds {
  /** From the start of the script to its error; the same again for disposing of the runtime. */
  readonly ms: number
  readonly grownBytes: number
}

const allowed: Readonly<Record<Attack['expected'], readonly Ending['ended'][]>> = {
  limit: ['limit'],
  memory: ['limit', 'memory'],
  error: ['limit', 'memory', 'lua', 'host', 'range'],
  any: ['limit', 'memory', 'lua', 'host', 'range', 'returned'],
}

/** What is wrong with the way an attack ended; nothing, when the runtime held. */
export function judge(attack: Attack, outcome: Outcome | Death, bounds: Bounds): string[] {
  if ('death' in outcome) return [outcome.death]
  const { script, grownBytes, usable, after, disposal } = outcome
  const problems: string[] = []
  if (!allowed[attack.expected].includes(script.ended)) problems.push(`ended with ${script.ended}: ${script.message}`)
  if (script.ms > bounds.ms) problems.push(`took ${script.ms} ms`)
  if (grownBytes > bounds.grownBytes) problems.push(`grew by ${Math.round(grownBytes / 1e6)} MB`)
  if (!usable) problems.push(`not usable afterwards: ${after.ended} ${after.message}`)
  if (after.ms > bounds.ms) problems.push(`the next run took ${after.ms} ms`)
  if (disposal.ended !== 'returned') problems.push(`dispose() ended with ${disposal.ended}: ${disposal.message}`)
  if (disposal.ms > bounds.ms) problems.push(`dispose() took ${disposal.ms} ms`)
  return problems
}
