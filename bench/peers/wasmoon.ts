import { type LuaEngine, LuaFactory } from 'wasmoon'
import { add, addSource, hostLoop, type Peer, type PeerSession, versionAt } from './peer.ts'

const factory = new LuaFactory()

/** Lua compiled to WebAssembly. */
export const wasmoon: Peer = {
  name: 'wasmoon',
  version: `wasmoon ${versionAt(new URL('../package.json', import.meta.resolve('wasmoon')))} (Lua 5.4)`,
  open,
}

async function open(): Promise<PeerSession> {
  const engine = await factory.createEngine()
  engine.doStringSync(addSource)
  const luaAdd: (a: number, b: number) => number = engine.global.get('add')
  engine.doStringSync(`function loop(...) ${hostLoop} end`)
  const loop: (host: typeof add, n: number) => number = engine.global.get('loop')
  engine.doStringSync('function compile(source, n) for _ = 1, n do assert(load(source)) end end')
  const compile: (source: string, n: number) => void = engine.global.get('compile')
  const states: LuaEngine[] = []

  return {
    callLua(n) {
      let sum = 0
      for (let i = 0; i < n; i++) sum += luaAdd(i, 2)
      if (sum !== (n * (n - 1)) / 2 + 2 * n) throw new Error(`Expected the sum of ${n} calls, received ${sum}`)
    },
    callHost(n) {
      loop(add, n)
    },
    runScript(source, n) {
      for (let i = 0; i < n; i++) engine.doStringSync(source)
    },
    loadScript(source, n) {
      compile(source, n)
    },
    program(source) {
      const run: () => unknown = engine.doStringSync(`local run = (function() ${source}\nend)()
        return function() return tostring(run()) end`)
      return () => String(run())
    },
    async openStates(n) {
      for (let i = 0; i < n; i++) states.push(await factory.createEngine())
    },
    closeStates() {
      for (const state of states.splice(0)) state.global.close()
    },
    close() {
      engine.global.close()
    },
  }
}
