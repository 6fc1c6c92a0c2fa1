import { createRuntime, multi } from './src/index.ts'
const t = (name: string, f: () => unknown) => { const s = performance.now(); let r; try { r = f() } catch (e) { r = e instanceof Error ? `${e.name} ${(e as any).code} ${e.message.slice(0, 150)}` : ['thrown', e] } console.log(name, '->', r, (performance.now() - s).toFixed(0) + 'ms') }
const which = process.argv[2]
const lua = createRuntime({ libraries: 'all' })
const cases: Record<string, () => void> = {
  multi: () => { lua.setGlobal('m', () => multi(...new Array(2_000_000).fill(1))); t('multi 2e6', () => lua.executeScript('return select("#", m())')); lua.setGlobal('m', () => multi(...new Array(100_000).fill(1))); t('multi 1e5', () => lua.executeScript('return select("#", m())')) },
  sparseArgs: () => t('sparse args', () => lua.executeScript('return select("#", ...)', { args: new Array(2 ** 32 - 1) })),
  manyArgs: () => { t('1e5 args', () => lua.executeScript('return select("#", ...)', { args: new Array(100_000).fill(1) })); t('2e6 args', () => lua.executeScript('return select("#", ...)', { args: new Array(2_000_000).fill(1) })) },
  proxyArgs: () => t('proxy args', () => lua.executeScript('return ...', { args: new Proxy([1, 2], { get(o, k) { if (k === '1') throw new RangeError('mine'); return Reflect.get(o, k) } }) })),
  disposeInGetter: () => { t('dispose in getter of arg', () => lua.executeScript('return ...', { args: [{ get a() { lua.dispose(); return 1 } }, 2] })); t('after', () => lua.executeScript('return 1')) },
  disposeInGetterSet: () => t('dispose in getter of global', () => lua.setGlobal('a.b', { get a() { lua.dispose(); return 1 } })),
  disposeInGetterCall: () => { const f = lua.executeScript('return function(...) return ... end') as any; t('dispose in getter of fn arg', () => f({ get a() { lua.dispose(); return 1 } }, 2)) },
  disposeInGetterResult: () => { lua.setGlobal('h', () => ({ get a() { lua.dispose(); return 1 } })); t('dispose in getter of result', () => lua.executeScript('return h()')) },
  coroutine: () => { const co = lua.executeScript('return coroutine.create(function() return 7 end)'); console.log(co); t('co back', () => lua.executeScript('local c = ... return type(c), coroutine.resume(c)', { args: [co] })); t('co nested', () => lua.executeScript('local c = ... return type(c[1])', { args: [[co]] })); const other = createRuntime(); t('co foreign', () => other.executeScript('return type(...)', { args: [co] })) },
  userdata: () => { const f = lua.executeScript('return io.stdout'); console.log(f); t('file back', () => lua.executeScript('return ... == io.stdout', { args: [f] })) },
  foreignFn: () => { const o = createRuntime(); const f = o.executeScript('return function(x) return {x} end'); lua.setGlobal('f', f); t('foreign fn', () => lua.executeScript('return f(1)')); o.dispose(); t('foreign disposed', () => lua.executeScript('return f(1)')) },
  printThrows: () => { const p = createRuntime({ print: () => { throw new RangeError('mine') } }); t('print throws', () => p.executeScript('print(1)')) },
  hookDispose: () => { lua.setHook(() => lua.dispose(), { line: true }); t('dispose in hook', () => lua.executeScript('return 1')) },
  hookCalls: () => { let n = 0; lua.setHook(() => { n++; lua.executeScript('local a = 1\nlocal b = 2') }, { line: true }); t('lua in hook', () => lua.executeScript('local a\nlocal b\nreturn 5')); console.log(n) },
  hugeNested: () => { t('huge nested', () => { const r = lua.executeScript('local a, b = ... return #a.x, #a.y, b.z', { args: [{ x: 'x'.repeat(10), get y() { return lua.executeScript('local t = ... return t.s', { args: [{ s: 'y'.repeat(3_000_000) }] }) } }, { z: 'end' }] }); return r }) },
  getterDeep: () => { const mk = (n: number): any => ({ get a() { return n === 0 ? 1 : lua.executeScript('return ...', { args: [mk(n - 1)] }) } }); t('getter deep 50', () => JSON.stringify(lua.executeScript('return ...', { args: [mk(50)] })).length); t('getter deep 5000', () => JSON.stringify(lua.executeScript('return ...', { args: [mk(5000)] })).length) },
  symbolArg: () => { t('symbol', () => lua.executeScript('', { args: [Symbol('x')] })); t('symbol result', () => { lua.setGlobal('s', () => Symbol('q')); return lua.executeScript('return s()') }); t('pcall symbol', () => lua.executeScript('local ok, e = pcall(s) return ok, tostring(e)')) },
  strict: () => { const s = createRuntime({ strictConversion: true }); t('top', () => s.executeScript('return "\\255"')); t('nested', () => s.executeScript('return {a={"\\255"}}')); t('arg to host', () => { s.setGlobal('h', () => 1); return s.executeScript('h({"\\255"})') }); t('deep', () => s.executeScript('local t = {1} t.x = {1, t} return t')); t('global name', () => s.getGlobal('\ud800')) },
  bigString: () => t('big string', () => (lua.executeScript('return ("x"):rep(600*1024*1024)') as string).length),
  dateType: () => t('date', () => lua.executeScript('return math.type((...)), tostring((...))', { args: [new Date(1.7e12)] })),
  seedBig: () => t('seed 2^53-1', () => createRuntime({ seed: 2 ** 53 - 1 }).executeScript('return 1')),
  emptyChunk: () => { t('nul name', () => lua.executeScript('error("x")', { chunkName: '@a\0b' })); t('long name', () => lua.executeScript('error("x")', { chunkName: '=' + 'n'.repeat(1e6) })); t('lone name', () => lua.executeScript('error("x")', { chunkName: '=\ud800' })) },
  sharedSource: () => { const s = new Uint8Array(new SharedArrayBuffer(8)); s.set(Buffer.from('return 1')); t('shared source', () => lua.executeScript(s)) },
  tinyMem: () => { t('mem lowered', () => { lua.setMemoryLimit(1); lua.executeScript('return {}') }); t('dispose', () => lua.dispose()) },
  gcDuringRun: () => { lua.setGlobal('g', () => lua.gc('collect')); t('gc in cb', () => lua.executeScript('g() return 1')); t('gc in finalizer', () => lua.executeScript('setmetatable({}, {__gc = function() g() end}) collectgarbage() return 2')) },
  cancelOutside: () => { lua.cancel(); t('run after cancel', () => lua.executeScript('return 1')) },
  lastRunNested: () => { lua.setGlobal('h', () => JSON.stringify(lua.lastRun)); t('lastRun nested', () => lua.executeScript('return h()')) },
  errorProxy: () => { lua.setGlobal('h', () => { throw new Proxy({}, { get() { throw new Error('trap') }, getPrototypeOf() { throw new Error('trap2') } }) }); t('throw proxy', () => { try { lua.executeScript('h()') } catch (e) { return typeof e } }); t('pcall tostring proxy', () => lua.executeScript('local ok, e = pcall(h) return type(e), pcall(tostring, e)')) },
}
if (which) cases[which]!()
else for (const k of Object.keys(cases)) { const { spawnSync } = await import('node:child_process'); const r = spawnSync(process.execPath, [...process.execArgv, process.argv[1]!, k], { encoding: 'utf8', timeout: 20000 }); console.log(`== ${k} status ${r.status} ${r.signal ?? ''}\n${r.stdout}${r.stderr.slice(0, 600)}`) }
