/** Places from which Lua code can run, as ways to wrap a script: the limits hold in each. */
export const wrappers: Readonly<Record<string, (source: string) => string>> = {
  'a host callback': (source) => `call(function(...) ${source}\nend)`,
  'a coroutine': (source) => `coroutine.wrap(function(...) ${source}\nend)()`,
  'a finalizer': (source) =>
    `do setmetatable({}, {__gc = function(...) ${source}\nend}) end collectgarbage() collectgarbage()`,
  'a message handler': (source) => `xpcall(error, function(...) ${source}\nend)`,
  __close: (source) => `do local c <close> = setmetatable({}, {__close = function(...) ${source}\nend}) end`,
  __index: (source) => `local _ = setmetatable({}, {__index = function(...) ${source}\nend}).x`,
  'an iterator': (source) => `for _ in function(...) ${source}\nend do end`,
}
