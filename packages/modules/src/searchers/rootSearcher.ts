import { closeSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { codeOf, isAbsent, type OpenFile, openModuleFile, readModuleFile } from '../moduleFile.ts'
import { modulePath } from '../moduleName.ts'
import type { ModulePlace, Searcher } from '../searcher.ts'

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
    const { shown, templates, maxFileBytes } = this.#settings
    const below = modulePath(name)
    if ('problem' in below) return `no file in '${shown}' (${below.problem})`
    let tried = ''
    for (const template of templates) {
      const relative = template.replaceAll('?', below.path)
      const file = shown === '' ? relative : `${shown}/${relative}`
      const opened = this.#open(relative)
      if (typeof opened !== 'string') {
        return {
          origin: file,
          file,
          read: () => readModuleFile(opened, file, maxFileBytes),
          close: () => closeSync(opened.descriptor),
        }
      }
      const why = opened === '' ? '' : ` (${opened})`
      tried += `${tried === '' ? '' : '\n\t'}no file '${file}'${why}`
    }
    return tried
  }

  #open(relative: string): OpenFile | string {
    let wanted: string
    let real: string
    try {
      this.#directory ??= realpathSync.native(this.#settings.directory)
      wanted = join(this.#directory, relative)
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
    return openModuleFile(real)
  }
}

/** File systems may ignore case and Unicode normalisation; a module has one spelling only. */
function sameButForSpelling(a: string, b: string): boolean {
  const folded = (path: string): string => path.normalize('NFC').toLowerCase()
  return folded(a) === folded(b)
}
