import type { Attack } from './attack.ts'
import { callbacks } from './callbacks.ts'
import { conversion } from './conversion.ts'
import { coroutines } from './coroutines.ts'
import { errors } from './errors.ts'
import { gc } from './gc.ts'
import { loops } from './loops.ts'
import { memory } from './memory.ts'
import { metamethods } from './metamethods.ts'
import { parser } from './parser.ts'
import { patterns } from './patterns.ts'
import { strings } from './strings.ts'
import { swallow } from './swallow.ts'
import { tables } from './tables.ts'

/** The whole corpus, by family. */
export const corpus: Readonly<Record<string, readonly Attack[]>> = {
  loops,
  swallow,
  patterns,
  strings,
  tables,
  memory,
  gc,
  coroutines,
  metamethods,
  errors,
  parser,
  conversion,
  callbacks,
}
