import type { Runtime } from '@lua-native/runtime'
import { checkSource, outOfRange } from '../argument.ts'
import { isBytecodeBundle, readBytecodeBundle } from '../bundle/bytecodeBundle.ts'
import { readSourceBundle } from '../bundle/sourceBundle.ts'
import { hostOf } from '../host.ts'
import { readSearcherOptions, type SearcherOptions } from '../searcherOptions.ts'
import { BundleSearcher } from '../searchers/bundleSearcher.ts'

/**
 * Lets `require` find the modules of a bundle that `bundleModules` made, of source or of bytecode. Returns a function
 * that takes them away again.
 *
 * @throws {RangeError} LUA_OUT_OF_RANGE for what is no bundle, or a damaged one.
 * @throws {LuaBytecodeError} LUA_BYTECODE for bytecode of another version, machine or key, and for altered one.
 * @throws {TypeError} LUA_INVALID_ARGUMENT, LUA_UNKNOWN_OPTION for wrong arguments.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * const sources = { main: 'return require("part") + 1', part: 'return 41' }
 * using maker = createRuntime({ bytecodeKey: 'a secret' }).extend(moduleActions())
 * const { code } = maker.bundleModules('main', [sources], { format: 'bytecode' })
 * using lua = createRuntime({ bytecodeKey: 'a secret' }).extend(moduleActions())
 * lua.addBundle(code)
 * lua.executeScript('return require("main")', { results: 'first' }) // => 42
 */
export function addBundle(runtime: Runtime, bundle: string | Uint8Array, options?: SearcherOptions): () => void {
  checkSource('bundle', bundle)
  // A copy: what is checked now is used later.
  const bytes = Buffer.from(bundle as Uint8Array)
  const { name, position } = readSearcherOptions(options, 'addBundle', 'the bundle')
  const host = hostOf(runtime)
  const opened = isBytecodeBundle(bytes) ? readBytecodeBundle(runtime, bytes) : readSourceBundle(bytes)
  if (opened === undefined) throw outOfRange('Expected "bundle" to be a whole bundle that bundleModules made')
  return host.addSearcher(new BundleSearcher(name, opened), position)
}
