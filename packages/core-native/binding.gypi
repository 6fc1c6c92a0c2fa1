# The native build; node-gyp reads it through binding.gyp.
#
# Targets: `interpreter` and `lua` (the edited Lua, C) and `vm` (native/vm, C++ without Node) are linked into `lua_native` (the addon)
# and, with LUA_NATIVE_VM_TEST=1, into `vm_test` (the C++ unit tests, which need the doctest header).
{
  'variables': {
    # 1: AddressSanitizer and UndefinedBehaviorSanitizer.
    'lua_asan%': '<!(node -p "process.env.LUA_NATIVE_ASAN||0")',
    # 1: ThreadSanitizer.
    'lua_tsan%': '<!(node -p "process.env.LUA_NATIVE_TSAN||0")',
    # generate | use: profile-guided optimisation with the profile in lua_pgo_dir (GCC).
    'lua_pgo%': "<!(node -p \"process.env.LUA_PGO||''\")",
    'lua_pgo_dir%': "<!(node -p \"process.env.LUA_PGO_DIR||require('path').join(process.cwd(),'lua/deps/pgo')\")",
    # 1: link-time optimisation across `lua`, `vm` and the addon.
    'lua_lto%': '<!(node -p "process.env.LUA_LTO||0")',
    # Where <doctest/doctest.h> is, when the compiler does not know.
    'doctest_include%': '<!(node -p "process.env.DOCTEST_INCLUDE||String()")',
    'vm_test%': '<!(node -p "process.env.LUA_NATIVE_VM_TEST||0")',
  },

  'target_defaults': {
    'include_dirs': ['native', 'lua', 'lua/deps/src'],
    # Twice Lua's own depth of C calls: each JavaScript function that Lua calls and that calls Lua again takes one level
    # or more. native/binding checks that the native stack has room for it.
    'defines': ['NDEBUG', 'LUAI_MAXCCALLS=400'],
    'cflags': ['-fvisibility=hidden'],
    'cflags_cc!': ['-std=gnu++17', '-std=gnu++20'],
    'cflags_cc': ['-std=c++20', '-Wall', '-Wextra', '-Wno-unused-parameter'],
    'xcode_settings': {
      'CLANG_CXX_LANGUAGE_STANDARD': 'c++20',
      'CLANG_CXX_LIBRARY': 'libc++',
      'GCC_ENABLE_CPP_EXCEPTIONS': 'NO',
      'GCC_ENABLE_CPP_RTTI': 'NO',
      'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
      'MACOSX_DEPLOYMENT_TARGET': '11.0',
    },
    'conditions': [
      ['OS!="win"', {
        # _setjmp, mkstemp, gmtime_r and popen. LUA_USE_DLOPEN stays off: scripts load no shared objects.
        'defines': ['LUA_USE_POSIX'],
      }, {
        'defines': ['_CRT_SECURE_NO_WARNINGS', 'NOMINMAX', 'WIN32_LEAN_AND_MEAN'],
      }],
      ['OS!="win" and lua_asan==0 and lua_tsan==0', {
        # The interpreter's loop is short of registers; common.gypi keeps the frame pointer for perf.
        'cflags!': ['-fno-omit-frame-pointer'],
        'cflags': ['-fno-plt', '-fomit-frame-pointer'],
      }],
      ['lua_asan==1', {
        'defines!': ['NDEBUG'],
        'cflags!': ['-O3'],
        # UBSan's vptr check needs RTTI, which the addon is built without.
        'cflags': ['-fsanitize=address,undefined', '-fno-sanitize=vptr', '-fno-sanitize-recover=undefined', '-fno-omit-frame-pointer', '-O1', '-g'],
        'ldflags': ['-fsanitize=address,undefined'],
        'xcode_settings': {
          'GCC_OPTIMIZATION_LEVEL': '1',
          'OTHER_CFLAGS': ['-fsanitize=address,undefined', '-fno-sanitize=vptr', '-fno-omit-frame-pointer', '-g'],
          'OTHER_LDFLAGS': ['-fsanitize=address,undefined'],
        },
      }],
      ['lua_tsan==1', {
        'cflags!': ['-O3'],
        # Lua leaves functions by longjmp, behind which ThreadSanitizer loses count of those that it has entered.
        'cflags': ['-fsanitize=thread', '--param=tsan-instrument-func-entry-exit=0', '-fno-omit-frame-pointer', '-O1', '-g'],
        'ldflags': ['-fsanitize=thread'],
      }],
      ['lua_lto==1', {
        # Fat objects: plain `ar` cannot index slim ones.
        'cflags': ['-flto=auto', '-ffat-lto-objects'],
        'ldflags': ['-flto=auto', '-O3'],
        'xcode_settings': {'LLVM_LTO': 'YES'},
      }],
      ['lua_pgo=="generate"', {
        'cflags': ['-fprofile-generate=<(lua_pgo_dir)', '-fprofile-update=atomic'],
        'ldflags': ['-fprofile-generate=<(lua_pgo_dir)'],
      }],
      ['lua_pgo=="use"', {
        'cflags': ['-fprofile-use=<(lua_pgo_dir)', '-fprofile-correction', '-Wno-missing-profile'],
        'ldflags': ['-fprofile-use=<(lua_pgo_dir)'],
      }],
    ],
    'msvs_settings': {
      'VCCLCompilerTool': {
        'Optimization': 2,
        'AdditionalOptions!': ['-std:c++17', '-std:c++20'],
      },
    },
  },

  'targets': [
    {
      # The interpreter's loop alone. GCC's global common subexpression elimination and cross jumping merge the jumps at
      # the end of each instruction that computed goto has made separate: without them the loop is about 3 % faster.
      'target_name': 'interpreter',
      'type': 'static_library',
      'sources': ['lua/deps/src/lvm.c'],
      'conditions': [['OS=="linux"', {'cflags': ['-fno-gcse', '-fno-crossjumping']}]],
      'msvs_settings': {'VCCLCompilerTool': {'CompileAs': 1}},
    },
    {
      'target_name': 'lua',
      'type': 'static_library',
      'dependencies': ['interpreter'],
      # The rest of Lua but its two programs.
      'sources': [
        "<!@(node -p \"require('fs').readdirSync('lua/deps/src').filter(f => f.endsWith('.c') && !['lua.c', 'luac.c', 'lvm.c'].includes(f)).map(f => 'lua/deps/src/' + f).join(' ')\")",
      ],
      'msvs_settings': {'VCCLCompilerTool': {'CompileAs': 1}},
    },
    {
      'target_name': 'vm',
      'type': 'static_library',
      'sources': [
        "<!@(node -p \"require('fs').readdirSync('native/vm').filter(f => f.endsWith('.cpp')).map(f => 'native/vm/' + f).join(' ')\")",
      ],
      'msvs_settings': {'VCCLCompilerTool': {'AdditionalOptions': ['-std:c++20'], 'CompileAs': 2}},
    },
    {
      'target_name': 'lua_native',
      'dependencies': ['vm', 'lua'],
      'sources': [
        "<!@(node -p \"require('fs').readdirSync('native/binding').filter(f => f.endsWith('.cpp')).map(f => 'native/binding/' + f).join(' ')\")",
      ],
      'defines': ['NAPI_VERSION=9'],
      'msvs_settings': {'VCCLCompilerTool': {'AdditionalOptions': ['-std:c++20'], 'CompileAs': 2}},
    },
  ],

  'conditions': [
    ['vm_test==1', {
      'targets': [
        {
          'target_name': 'vm_test',
          'type': 'executable',
          'win_delay_load_hook': 'false',
          'dependencies': ['vm', 'lua'],
          'sources': [
            "<!@(node -p \"require('fs').readdirSync('native/test').filter(f => f.endsWith('.cpp')).map(f => 'native/test/' + f).join(' ')\")",
          ],
          # doctest reports a failed REQUIRE by throwing.
          'cflags_cc!': ['-fno-exceptions'],
          'cflags_cc': ['-fexceptions'],
          'xcode_settings': {'GCC_ENABLE_CPP_EXCEPTIONS': 'YES'},
          'msvs_settings': {'VCCLCompilerTool': {'AdditionalOptions': ['-std:c++20'], 'CompileAs': 2, 'ExceptionHandling': 1}},
          'conditions': [
            ['OS=="linux"', {'libraries': ['-lm', '-lpthread']}],
            ['doctest_include!=""', {'include_dirs': ['<(doctest_include)']}],
            ['OS=="mac"', {'include_dirs': ['/opt/homebrew/include', '/usr/local/include']}],
          ],
        },
      ],
    }],
  ],
}
