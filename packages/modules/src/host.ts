import type { Runtime } from '@lua-native/runtime'
import { ModuleHost, type ModuleSettings } from './moduleHost.ts'

/** 16 MiB: larger than any Lua that people write, small enough to read while a script waits. */
export const DEFAULT_MAX_FILE_BYTES: number = 16 * 1024 * 1024

const hosts = new WeakMap<Runtime, ModuleHost>()
const defaults: ModuleSettings = { maxFileBytes: DEFAULT_MAX_FILE_BYTES, canAwait: () => false }

/** What this package knows of a runtime; the first call puts `require` into it. */
export function hostOf(runtime: Runtime): ModuleHost {
  return hosts.get(runtime) ?? openHost(runtime, defaults)
}

/** The same with settings; whether they came first is the second value. */
export function openHost(runtime: Runtime, settings: ModuleSettings): ModuleHost {
  const host = new ModuleHost(runtime, settings)
  hosts.set(runtime, host)
  return host
}

/** Whether a runtime has a host already. */
export function hasHost(runtime: Runtime): boolean {
  return hosts.has(runtime)
}
