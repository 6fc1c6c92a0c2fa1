// One literal require per prebuild, in the form that bundlers follow; load.ts calls at most one of them.
'use strict'

module.exports = {
  'darwin-arm64': () => require('./prebuilds/darwin-arm64/lua-native.node'),
  'darwin-x64': () => require('./prebuilds/darwin-x64/lua-native.node'),
  'linux-arm64-glibc': () => require('./prebuilds/linux-arm64/lua-native.glibc.node'),
  'linux-arm64-musl': () => require('./prebuilds/linux-arm64/lua-native.musl.node'),
  'linux-x64-glibc': () => require('./prebuilds/linux-x64/lua-native.glibc.node'),
  'linux-x64-musl': () => require('./prebuilds/linux-x64/lua-native.musl.node'),
  'win32-arm64': () => require('./prebuilds/win32-arm64/lua-native.node'),
  'win32-x64': () => require('./prebuilds/win32-x64/lua-native.node'),
}
