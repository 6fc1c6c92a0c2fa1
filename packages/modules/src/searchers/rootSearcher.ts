import { realpathSync } from 'node:fs'
import { sep } from 'node:path'
import { codeOf, isAbsent, readModuleFile } from '../moduleFile.ts'
import { modulePath } from '../moduleName.ts'
import type { ModuleContent, ModulePlace, Searcher } from '../searcher.ts'

/** What a root searcher is made of. */
export interface RootSettings {
  readonly name: string
  /** The directory, absolute. It need not be there yet. */
  readonly directory: string
  /** How messages, chunk names and loader data name the directory. */
  readonly shown: string
  /** Paths below the directory, with `?` for the name of the module. */
  readonly templates: readonly string[]
  readonly maxFileBytes: number
}

/** Finds modules as files inside one directory, and nowhere else. */
export class RootSearcher implements Searcher {
  readonly name: string
  readonly #settings: RootSettings
  /** The directory without links, once it is there. */
  #directory: string | undefined

  constructor(settings: RootSettings) {
    this.name = settings.name
    this.#settings = settings
  }

  locate(name: string): ModulePlace | string {
    const { shown, templates } = this.#settings
    const wanted = modulePath(name)
    if ('problem' in wanted) return `no file in '${shown}' (${wanted.problem})`
    let tried = ''
    for (const template of templates) {
      const relative = template.replaceAll('?', wanted.path)
      const file = shown === '' ? relative : `${shown}/${relative}`
      const content = this.#read(relative, file)
      if (typeof content !== 'string') return { origin: file, file, content }
      const why = content === '' ? '' : ` (${content})`
      tried += `${tried === '' ? '' : '\n\t'}no file '${file}'${why}`
    }
    return tried
  }

  /** The module in a file below the directory, or why there is none. */
  #read(relative: string, shown: string): ModuleContent | string {
    let wanted: string
    let real: string
    try {
      this.#directory ??= realpathSync.native(this.#settings.directory)
      wanted = below(this.#directory, relative)
      real = realpathSync.native(wanted)
    } catch (error) {
      return isAbsent(error) ? '' : codeOf(error)
    }
    const directory = this.#directory
    if (real !== wanted) {
      if (!real.startsWith(directory.endsWith(sep) ? directory : directory + sep))
        return 'it leads out of the directory'
      if (sameButForSpelling(real, wanted)) return 'its name is spelled in another way'
    }
    return readModuleFile(real, shown, this.#settings.maxFileBytes)
  }
}

/** Joins a real path and a checked one. */
function below(directory: string, relative: string): string {
  const path = sep === '/' ? relative : relative.replaceAll('/', sep)
  return directory.endsWith(sep) ? directory + path : directory + sep + path
}

/** File systems may ignore case and Unicode normalisation; a module has one spelling only. */
function sameButForSpelling(a: string, b: string): boolean {
  const folded = (path: string): string => path.normalize('NFC').toLowerCase()
  return folded(a) === folded(b)
}
