/**
 * The changes made to the verified Lua sources, each with its reason. They are kept as small as possible; an anchor
 * that is not found exactly as often as expected stops the build, so that an update of Lua cannot lose one silently.
 *
 * What they add up to: work is charged to the meter (`meter.h`), a poll that finds the slice used up calls
 * `meter_slow`, and an error raised by it passes every protected call of the script.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** @typedef {{ file: string, find: string | RegExp, replace: string, why: string, only?: '5.4' | '5.5', times?: number }} Edit */

/** @type {readonly Edit[]} */
export const edits = [
  {
    file: 'luaconf.h',
    find: '** without modifying the main part of the file.\n*/\n',
    replace: '$&\n#include "meter.h"\n\n#undef LUA_USE_DLOPEN\n#undef LUA_DL_DLL\n',
    why: 'every Lua source sees the meter; no script loads native code, which no limit would hold',
  },
  {
    file: 'lmem.h',
    find: /#define luaM_error\(L\)\s+luaD_throw\(L, LUA_ERRMEM\)/,
    replace: '#define luaM_error(L)  (meter_nomemory(L), luaD_throw(L, LUA_ERRMEM))',
    why: 'memory errors tell where they happened: Lua calls no message handler for them',
  },
  {
    file: 'lstate.c',
    only: '5.4',
    find: 'g->seed = luai_makeseed(L);',
    replace: 'g->seed = meter_seed(ud);',
    why: 'lua_newstate of 5.4 takes no seed',
  },

  {
    file: 'lstate.c',
    find: '  preinit_thread(L, g);\n  g->allgc = obj2gco(L);',
    replace: '  METER(L) = meter_of(ud);\n$&',
    why: 'work is charged from the first allocation on, also when making the state fails',
  },

  // --- the interpreter: instructions ---------------------------------------------------------------------------
  {
    file: 'lvm.c',
    find: /#define updatetrap\(ci\)\s+\(trap = ci->u\.l\.trap\)\n/,
    replace: `$&
/*
** 'seg' is where the instructions not charged yet begin: 'pc - seg' of them
** were executed. A forward jump moves 'seg' along, everything else that
** leaves the straight line charges and starts a new segment.
*/
#define chargeseg()  (meter_charge(L, pc - seg), seg = pc)
#define polltrap(ci)  (trap = ci->u.l.trap | l_unlikely(METER(L)->fuel < 0))
#define jumpback(n)  (meter_charge(L, pc - seg), pc -= (n), seg = pc)
`,
    why: 'exact counting of instructions by segments',
  },
  {
    file: 'lvm.c',
    find: /#define dojump\(ci,i,e\)\s+\{ pc \+= GETARG_sJ\(i\) \+ e; updatetrap\(ci\); \}/,
    replace: `#define dojump(ci,i,e)  \\
  { int off_ = GETARG_sJ(i) + e; \\
    if (off_ < 0) { jumpback(-off_); polltrap(ci); } \\
    else { pc += off_; seg += off_; updatetrap(ci); } }`,
    why: 'backward jumps charge their segment and poll',
  },
  {
    file: 'lvm.c',
    find: '  const Instruction *pc;\n  int trap;\n',
    replace: '  const Instruction *pc;\n  const Instruction *seg;\n  int trap;\n',
    why: 'the segment pointer is a local of the interpreter',
  },
  {
    file: 'lvm.c',
    find: ' startfunc:\n  trap = L->hookmask;\n',
    replace: ' startfunc:\n  trap = L->hookmask | l_unlikely(METER(L)->fuel < 0);\n',
    why: 'function entry polls',
  },
  {
    file: 'lvm.c',
    find: '  pc = ci->u.l.savedpc;\n  if (l_unlikely(trap))\n    trap = luaG_tracecall(L);\n',
    replace: '  pc = seg = ci->u.l.savedpc;\n  if (l_unlikely(trap))\n    trap = luaG_tracecall(L);\n',
    why: 'a new segment starts where the function goes on',
  },
  {
    file: 'lvm.c',
    find: /( +)(if \(\(newci = luaD_precall\(L, ra, nresults\)\) == NULL\))/,
    replace: '$1chargeseg();\n$1$2',
    why: 'calls charge their segment',
  },
  {
    file: 'lvm.c',
    find: /( +)(if \(\(n = luaD_pretailcall\(L, ci, ra, b, delta\)\) < 0\))/,
    replace: '$1chargeseg();\n$1$2',
    why: 'tail calls charge their segment',
  },
  {
    file: 'lvm.c',
    find: '       ret:  /* return from a Lua function */\n',
    replace: '       ret:  /* return from a Lua function */\n        meter_charge(L, pc - seg);\n',
    why: 'returns charge their segment',
  },
  {
    file: 'lvm.c',
    find: 'pc -= GETARG_Bx(i);  /* jump back */',
    replace: 'jumpback(GETARG_Bx(i));',
    times: 3,
    why: 'for loops charge their segment',
  },
  {
    file: 'lvm.c',
    find: 'pc += GETARG_Bx(i) + 1;  /* skip the loop */',
    replace: '{ int off_ = GETARG_Bx(i) + 1; pc += off_; seg += off_; }  /* skip the loop */',
    why: 'the body of a loop that runs zero times is not counted',
  },
  {
    file: 'lvm.c',
    find: /pc \+= GETARG_Bx\(i\);([^\n]*\n +i = \*\(pc\+\+\);)/,
    replace: 'pc += GETARG_Bx(i); seg += GETARG_Bx(i) + 1;$1',
    why: 'the same for generic loops, which begin with a jump to their end',
  },
  {
    file: 'lvm.c',
    find: /l_tforcall: \{[\s\S]*?i = \*\(pc\+\+\);/,
    replace: '$& seg += 2;',
    why: 'the two instructions of a generic loop run as one, and its iterator is charged by itself',
  },
  {
    file: 'lvm.c',
    find: /pc\+\+; (set(?:i|flt)value\()/,
    replace: 'pc++; seg++; $1',
    times: 8,
    why: 'arithmetic skips the call of a metamethod that follows it: code of nothing else would count double',
  },
  {
    file: 'lvm.c',
    find: 'pc++;  /* skip extra argument */',
    replace: 'pc++; seg++;  /* skip extra argument */',
    why: 'making a table takes two instructions of code and counts as one',
  },
  {
    file: 'lvm.c',
    find: 'updatetrap(ci);  /* allows a signal to break the loop */',
    replace: 'polltrap(ci);',
    why: 'numeric for loops poll',
  },
  {
    file: 'lvm.c',
    find: /(l_tforloop: \{[\s\S]*?jumpback\(GETARG_Bx\(i\)\);\n(?: +\}\n)?)( +vmbreak;)/,
    replace: '$1        polltrap(ci);\n$2',
    why: 'generic for loops poll: an iterator in C has no other',
  },
  {
    file: 'ldebug.c',
    find: /int luaG_traceexec \(lua_State \*L, const Instruction \*pc\) \{\n  CallInfo \*ci = L->ci;\n/,
    replace: `$&  if (METER(L)->fuel < 0) {
    ci->u.l.savedpc = pc + 1;
    if (!@isIT@(*pc))  /* top not being used? */
      L->top.p = ci->top.p;  /* correct top */
    meter_slow(L);
  }
`,
    why: 'the slow path of all polls of the interpreter',
  },
  {
    file: 'ldebug.c',
    find: 'l_noret luaG_errormsg (lua_State *L) {\n  if (L->errfunc != 0) {',
    replace: `l_noret luaG_errormsg (lua_State *L) {
  {  /* the segment that an error cuts short was not charged, but by a call */
    CallInfo *ci = isLua(L->ci) ? L->ci : L->ci->previous;
    if (ci != NULL && isLua(ci)) {
      int at = pcRel(ci->u.l.savedpc, ci_func(ci)->p);
      OpCode op = GET_OPCODE(ci_func(ci)->p->code[at]);
      if (ci == L->ci || (op != OP_CALL && op != OP_TAILCALL))
        meter_charge(L, at + 1);
    }
  }
  if (L->errfunc != 0 && !METER(L)->tripped) {`,
    why: 'errors charge what they cut short; no message handler runs while a run is being ended',
  },

  // --- the interpreter: work inside one instruction ------------------------------------------------------------
  {
    file: 'lvm.c',
    find: /(static int l_strcmp \([^)]*\) \{[\s\S]*?)(  for \(;;\) \{  \/\* for each segment \*\/\n)/,
    replace: '$1  meter_charge_here(((rl1 < rl2) ? rl1 : rl2) >> 5);\n$2',
    only: '5.5',
    why: 'comparison of long strings',
  },
  {
    file: 'lvm.c',
    find: /(static int l_strcmp \([^)]*\) \{[\s\S]*?)(  for \(;;\) \{  \/\* for each segment \*\/\n)/,
    replace: '$1  meter_charge_here(((rl1 < rl2) ? rl1 : rl2) >> 5);\n$2',
    only: '5.4',
    why: 'comparison of long strings',
  },
  {
    file: 'lvm.c',
    find: "      /* both strings longer than 'zl'; go on comparing after the '\\0' */\n",
    replace: '$&      meter_charge_here(8);\n',
    why: 'comparison of strings of zero bytes, one call of strcoll for each',
  },
  {
    file: 'lstring.c',
    only: '5.5',
    find: '  return ((len1 == len2) &&  /* equal length and ... */\n',
    replace:
      '  if (len1 == len2) meter_charge_here(len1 >> 6);\n  return ((len1 == len2) &&  /* equal length and ... */\n',
    why: 'equality of long strings, also as table keys',
  },
  {
    file: 'lstring.c',
    only: '5.4',
    find: '  size_t len = a->u.lnglen;\n',
    replace: '  size_t len = a->u.lnglen;\n  if (len == b->u.lnglen) meter_charge_here(len >> 6);\n',
    why: 'equality of long strings, also as table keys',
  },
  {
    file: 'lstring.c',
    find: '    size_t len = ts->u.lnglen;\n    ts->hash = luaS_hash(',
    replace: '    size_t len = ts->u.lnglen;\n    meter_charge_here(len >> 3);\n    ts->hash = luaS_hash(',
    why: 'hashing of long strings used as table keys',
  },
  {
    file: 'lobject.c',
    find: /size_t luaO_str2num \(const char \*s, TValue \*o\) \{\n  lua_Integer i; lua_Number n;\n  const char \*e;\n/,
    replace: '$&  size_t len = strlen(s);\n  if (len > 64) meter_charge_here(len >> 3);\n',
    why: 'strings read as numbers',
  },
  {
    file: 'ltm.c',
    find: /void luaT_getvarargs \(lua_State \*L, CallInfo \*ci, StkId where, int wanted[\s\S]*?int i, touse;[^\n]*\n/,
    only: '5.5',
    replace: '$&  meter_charge(L, ((wanted < 0) ? nargs : wanted) >> 3);\n',
    why: 'copies of many variable arguments',
  },
  {
    file: 'ltm.c',
    find: /(void luaT_getvarargs \(lua_State \*L, CallInfo \*ci, StkId where, int wanted\) \{\n  int i;\n  int nextra = ci->u\.l\.nextraargs;\n)/,
    only: '5.4',
    replace: '$1  meter_charge(L, ((wanted < 0) ? nextra : wanted) >> 3);\n',
    why: 'copies of many variable arguments',
  },
  {
    file: 'ldo.c',
    find: /  for \(i = 0; i < nres; i\+\+\)  \/\* move all results to correct place \*\/\n/,
    replace: '  meter_charge(L, nres >> 3);\n$&',
    why: 'copies of many results',
  },
  {
    file: 'ldo.c',
    find: /  lua_unlock\(L\);\n  n = \(\*f\)\(L\);  \/\* do the actual call \*\//,
    replace: '  meter_poll(L, 1);\n$&',
    why: 'C functions called from C (metamethods, callbacks) poll, and none starts while a run is being ended',
  },
  {
    file: 'ldo.c',
    only: '5.5',
    find: 'const char *mode = p->mode ? p->mode : "bt";',
    replace: 'const char *mode = METER(L)->textonly ? "t" : p->mode ? p->mode : "bt";',
    why: 'one door for the ban on binary chunks: load, loadfile, dofile, require',
  },
  {
    file: 'ldo.c',
    only: '5.4',
    find: 'checkmode(L, p->mode, "binary");',
    replace: 'checkmode(L, METER(L)->textonly ? "t" : p->mode, "binary");',
    why: 'one door for the ban on binary chunks: load, loadfile, dofile, require',
  },
  {
    file: 'ldo.c',
    find: 'while (errorstatus(status) && (ci = findpcall(L)) != NULL) {',
    replace: 'while (errorstatus(status) && !METER(L)->tripped &&\n         (ci = findpcall(L)) != NULL) {',
    why: 'a pcall that a coroutine yielded across does not catch the end of a run',
  },
  {
    file: 'lapi.c',
    find: '  from->top.p -= n;\n  for (i = 0; i < n; i++) {\n',
    replace: '  meter_charge(from, n >> 3);\n$&',
    why: 'many values passed between coroutines',
  },
  {
    file: 'ldebug.c',
    find: /(LUA_API int lua_getstack \(lua_State \*L, int level, lua_Debug \*ar\) \{[\s\S]*?)(  for \(ci = L->ci; level > 0)/,
    replace: '$1  meter_charge(L, ((level < (int)L->nci) ? level : (int)L->nci) >> 3);\n$2',
    why: 'error levels far down a deep stack',
  },

  {
    file: 'lstring.c',
    only: '5.5',
    find: 'static unsigned luaS_hash (const char *str, size_t l, unsigned seed) {',
    replace: 'unsigned luaS_hash (const char *str, size_t l, unsigned seed) {',
    why: 'native/vm/raw.cpp looks strings up without making them',
  },

  // --- tables --------------------------------------------------------------------------------------------------
  {
    file: 'ltable.c',
    find: /int luaH_next \(lua_State \*L, Table \*t, StkId key\) \{\n[\s\S]*?find original key \*\/\n/,
    replace: '$&  unsigned int from = i;\n',
    why: 'see the next two',
  },
  {
    file: 'ltable.c',
    only: '5.5',
    find: '    if (!tagisempty(tag)) {  /* a non-empty entry? */\n      setivalue(s2v(key), cast_int(i) + 1);\n',
    replace:
      '    if (!tagisempty(tag)) {  /* a non-empty entry? */\n      meter_charge(L, (i - from) >> 2);\n      setivalue(s2v(key), cast_int(i) + 1);\n',
    why: 'empty slots skipped by next, array part',
  },
  {
    file: 'ltable.c',
    only: '5.4',
    find: /    if \(!isempty\(&t->array\[i\]\)\) \{  \/\* a non-empty entry\? \*\/\n/,
    replace: '$&      meter_charge(L, (i - from) >> 2);\n',
    why: 'empty slots skipped by next, array part',
  },
  {
    file: 'ltable.c',
    find: /  for \(i -= asize; [^\n]*\{  \/\* hash part \*\/\n/,
    replace:
      '  if (i < asize) i = asize;\n  meter_charge(L, (i - from) >> 2);\n  from = i - asize;\n$&    if (((i - from) & 3) == 3) meter_charge(L, 1);\n',
    why: 'empty slots skipped by next, hash part',
  },
  {
    file: 'ltable.c',
    only: '5.5',
    find: '  /* all keys not in the array part go to the hash part */\n  nsize = ct.total - ct.na;\n',
    replace: '  meter_charge(L, (t->asize >> 4) + (sizenode(t) >> 2));\n$&',
    why: 'a rehash counts every slot',
  },
  {
    file: 'ltable.c',
    only: '5.4',
    find: /static void rehash \(lua_State \*L, Table \*t, const TValue \*ek\) \{[\s\S]*?setlimittosize\(t\);\n/,
    replace: '$&  meter_charge(L, (t->alimit >> 4) + (sizenode(t) >> 2));\n',
    why: 'a rehash counts every slot',
  },

  // --- the collector -------------------------------------------------------------------------------------------
  {
    file: 'lgc.c',
    find: /(void luaC_fullgc \(lua_State \*L, int isemergency\) \{\n  global_State \*g = G\(L\);\n)/,
    replace: '$1  meter_charge(L, gettotalbytes(g) >> 5);\n',
    why: 'full collections, also those at the memory limit',
  },
  {
    file: 'lgc.c',
    find: /(void luaC_changemode \(lua_State \*L, int newmode\) \{\n  global_State \*g = G\(L\);\n)/,
    replace: '$1  meter_charge(L, gettotalbytes(g) >> 5);\n',
    why: 'a change of mode visits the whole heap',
  },
  {
    file: 'lgc.c',
    only: '5.5',
    find: '    else\n      work2do -= stres;\n  } while (fast || work2do > 0);\n',
    replace:
      '    else {\n      work2do -= stres;\n      meter_charge(L, stres >> 4);\n    }\n  } while (fast || work2do > 0);\n  if (fast) meter_charge(L, gettotalbytes(g) >> 5);\n',
    why: 'collector parameters chosen so that every allocation collects',
  },
  {
    file: 'lgc.c',
    only: '5.5',
    find: '        youngcollection(L, g);\n        setminordebt(g);\n',
    replace: '        meter_charge(L, gettotalbytes(g) >> 8);\n$&',
    why: 'the same in generational mode',
  },
  {
    file: 'lgc.c',
    only: '5.4',
    find: /(static void incstep \(lua_State \*L, global_State \*g\) \{[\s\S]*?)    debt -= work;\n/,
    replace: '$1    debt -= work;\n    meter_charge(L, work >> 4);\n',
    why: 'collector parameters chosen so that every allocation collects',
  },
  {
    file: 'lgc.c',
    only: '5.4',
    find: /(static void genstep \(lua_State \*L, global_State \*g\) \{\n)/,
    replace: '$1  meter_charge(L, gettotalbytes(g) >> 8);\n',
    why: 'the same in generational mode',
  },
  {
    file: 'lgc.c',
    find: /    for \(p = &g->allgc; \*p != o; p = &\(\*p\)->next\) \{ \/\* empty \*\/ \}\n/,
    replace: `    {
      size_t steps = 0;
      for (p = &g->allgc; *p != o; p = &(*p)->next) steps++;
      meter_charge(L, steps >> 2);
    }
`,
    why: 'setting a finalizer searches the list of all objects',
  },
  {
    file: 'lgc.c',
    find: /static void convergeephemerons \(global_State \*g\) \{\n  int changed;\n  int dir = 0;\n/,
    replace: '$&  int passes = 0;\n',
    why: 'see the next',
  },
  {
    file: 'lgc.c',
    find: '      nw2black(h);  /* out of the list (for now) */\n      if (traverseephemeron(g, h, dir)) {',
    replace: `      nw2black(h);  /* out of the list (for now) */
      if (passes >= 32) {
        unsigned int i;
        for (i = 0; i < sizenode(h); i++) {
          Node *n = gnode(h, i);
          if (!isempty(gval(n)) && valiswhite(gval(n))) {
            reallymarkobject(g, gcvalue(gval(n)));
            changed = 1;
          }
        }
        propagateall(g);
      }
      if (traverseephemeron(g, h, dir)) {`,
    why: 'chains of ephemeron tables made to need a pass per table would freeze the collector, which cannot be interrupted: after 32 passes the values of this cycle are kept',
  },
  {
    file: 'lgc.c',
    find: '    dir = !dir;  /* invert direction next time */\n',
    replace: '    dir = !dir;  /* invert direction next time */\n    passes++;\n',
    why: 'see the one before',
  },

  {
    file: 'lgc.c',
    find: '!g->gcemergency && luaD_checkminstack(L)',
    replace: '!g->gcemergency && !METER(L)->holdfinalizers &&\n          luaD_checkminstack(L)',
    times: 2,
    why: 'no finalizer changes what the host is reading or building; those due run in the next cycle',
  },

  {
    file: 'lgc.c',
    find: '    L->ci->callstatus &= ~CIST_FIN;  /* not running a finalizer anymore */\n',
    replace: `$&    if (l_unlikely(METER(L)->tripped)) {
      CallInfo *ci = L->ci;
      while (ci != NULL && !isLua(ci)) ci = ci->previous;
      if (ci != NULL) ci->u.l.trap = 1;
    }
`,
    why: 'the end of a run that comes in a finalizer, where its error is lost, is noticed before the next instruction',
  },

  // --- the parser ----------------------------------------------------------------------------------------------
  {
    file: 'lparser.c',
    find: /static int searchvar \(FuncState \*fs, TString \*n, expdesc \*var\) \{\n  int i;\n/,
    replace: '$&  meter_charge(fs->ls->L, 2 + (fs->nactvar >> 4));\n',
    why: 'names looked up through many functions with many locals',
  },
  {
    file: 'lparser.c',
    only: '5.5',
    find: 'static Labeldesc *findlabel (LexState *ls, TString *name, int ilb) {\n  Dyndata *dyd = ls->dyd;\n',
    replace: '$&  meter_charge(ls->L, (dyd->label.n - ilb) >> 3);\n',
    why: 'many labels and gotos',
  },
  {
    file: 'lparser.c',
    only: '5.4',
    find: /static Labeldesc \*findlabel \(LexState \*ls, TString \*name\) \{\n  int i;\n  Dyndata \*dyd = ls->dyd;\n/,
    replace: '$&  meter_charge(ls->L, dyd->label.n >> 3);\n',
    why: 'many labels and gotos',
  },
  {
    file: 'lparser.c',
    only: '5.5',
    find: 'static void open_func (LexState *ls, FuncState *fs, BlockCnt *bl) {\n',
    replace: `/*
** Anchors (or frees) the table of constants of a function under its depth.
** The table itself as the key, taken out again, would let addresses decide
** how often the scanner table grows, and so what parsing costs.
*/
static void anchorkcache (LexState *ls, FuncState *fs, int anchor) {
  lua_State *L = ls->L;
  const FuncState *outer;
  int depth = 0;
  TValue key;
  for (outer = fs->prev; outer != NULL; outer = outer->prev) depth++;
  setivalue(&key, depth);
  if (anchor) {
    sethvalue2s(L, L->top.p, fs->kcache);
  }
  else {
    setbfvalue(s2v(L->top.p));
  }
  L->top.p++;
  luaH_set(L, ls->h, &key, s2v(L->top.p - 1));
  luaC_barrierback(L, obj2gco(ls->h), s2v(L->top.p - 1));
  L->top.p--;
}


$&`,
    why: 'parsing costs the same in every state',
  },
  {
    file: 'lparser.c',
    only: '5.5',
    find: 'luaD_anchorobj(L, ls->h, obj2gco(fs->kcache));  /* anchor it */',
    replace: 'anchorkcache(ls, fs, 1);  /* anchor it */',
    why: 'see the one before',
  },
  {
    file: 'lparser.c',
    only: '5.5',
    find: '  sethvalue(L, &temp, fs->kcache);  /* key to be set to nil */\n  luaH_set(L, ls->h, &temp, &G(L)->nilvalue);\n',
    replace: '  anchorkcache(ls, fs, 0);\n',
    why: 'see the one before',
  },
  {
    file: 'lparser.c',
    only: '5.5',
    find: '  Proto *f = fs->f;\n  TValue temp;\n  luaK_ret(',
    replace: '  Proto *f = fs->f;\n  luaK_ret(',
    why: 'see the one before',
  },
  {
    file: 'lcode.c',
    find: '    while ((next = getjump(fs, list)) != NO_JUMP)  /* find last element */\n      list = next;\n',
    replace:
      '    while ((next = getjump(fs, list)) != NO_JUMP) {  /* find last element */\n      list = next;\n      meter_poll(fs->ls->L, 1);\n    }\n',
    why: 'chains of many elseif branches',
  },
  {
    file: 'lbaselib.c',
    find: 'luaL_checkstack(L, 2, "too many nested functions");',
    replace: '$&\n  meter_poll(L, 16);',
    why: 'endless readers',
  },

  // --- libraries: nothing catches the end of a run -------------------------------------------------------------
  {
    file: 'lbaselib.c',
    find: '  if (l_unlikely(status != LUA_OK && status != LUA_YIELD)) {  /* error? */\n',
    replace: '$&    if (METER(L)->tripped) return lua_error(L);\n',
    why: 'pcall and xpcall pass on the end of a run',
  },
  {
    file: 'lbaselib.c',
    find: 'static int load_aux (lua_State *L, int status, int envidx) {\n',
    replace: '$&  if (l_unlikely(METER(L)->tripped)) return lua_error(L);\n',
    why: 'load passes on the end of a run',
  },
  {
    file: 'lcorolib.c',
    find: '    lua_xmove(co, L, 1);  /* move error message */\n    return -1;  /* error flag */\n',
    replace:
      '    lua_xmove(co, L, 1);  /* move error message */\n    if (METER(L)->tripped) return lua_error(L);\n    return -1;  /* error flag */\n',
    why: 'resume and wrap pass on the end of a run',
  },
  {
    file: 'lcorolib.c',
    find: '        lua_xmove(co, L, 1);  /* move error message */\n        return 2;\n',
    replace:
      '        lua_xmove(co, L, 1);  /* move error message */\n        if (METER(L)->tripped) return lua_error(L);\n        return 2;\n',
    why: 'coroutine.close passes on the end of a run',
  },

  // --- coroutines of runs that wait for the host ---------------------------------------------------------------
  {
    file: 'lcorolib.c',
    find: `static int auxresume (lua_State *L, lua_State *co, int narg) {
  int status, nres;
  if (l_unlikely(!lua_checkstack(co, narg))) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;  /* error flag */
  }
  lua_xmove(L, co, narg);
  status = lua_resume(co, L, narg, &nres);
`,
    replace: `static int auxresume (lua_State *L, lua_State *co, int narg, lua_KFunction k) {
  int status, nres;
  int pinned = (METER(L)->base != NULL && !lua_isyieldable(L));
  if (narg < 0) {  /* goes on behind a wait of the host's */
    if (l_unlikely(co == NULL || !meter_held(co)))
      return luaL_error(L, "coroutine changed while it waited for the host");
    narg = 0;
  }
  else if (l_unlikely(METER(L)->waited && meter_held(co))) {
    lua_pushliteral(L, "cannot resume a coroutine that waits for the host");
    return -1;  /* error flag */
  }
  else {
    if (l_unlikely(!lua_checkstack(co, narg))) {
      lua_pushliteral(L, "too many arguments to resume");
      return -1;  /* error flag */
    }
    lua_xmove(L, co, narg);
  }
  METER(L)->pinned += pinned;
  status = lua_resume(co, L, narg, &nres);
  METER(L)->pinned -= pinned;
  if (status == LUA_YIELD && METER(L)->suspending)
    return lua_yieldk(L, 0, 0, k);
`,
    why: 'a run that waits for the host leaves all its coroutines, and comes back into them, unseen by the script',
  },
  {
    file: 'lcorolib.c',
    find: `static int luaB_coresume (lua_State *L) {
  lua_State *co = getco(L);
  int r;
  r = auxresume(L, co, lua_gettop(L) - 1);
`,
    replace: 'static int finishresume (lua_State *L, int r) {\n',
    why: 'the end of coroutine.resume, with or without a wait before it',
  },
  {
    file: 'lcorolib.c',
    find: "    return r + 1;  /* return true + 'resume' returns */\n  }\n}\n",
    replace: `$&

static int coresumek (lua_State *L, int status, lua_KContext ctx) {
  (void)status; (void)ctx;
  return finishresume(L, auxresume(L, lua_tothread(L, 1), -1, coresumek));
}


static int luaB_coresume (lua_State *L) {
  lua_State *co = getco(L);
  return finishresume(L, auxresume(L, co, lua_gettop(L) - 1, coresumek));
}


int meter_coresume (lua_State *L) {
  return luaB_coresume(L);
}
`,
    why: 'see the one before',
  },
  {
    file: 'lcorolib.c',
    find: /static int luaB_auxwrap \(lua_State \*L\) \{\n  lua_State \*co = [^\n]*\n  int r = auxresume\(L, co, lua_gettop\(L\)\);\n/,
    replace: 'static int finishwrap (lua_State *L, lua_State *co, int r) {\n',
    why: 'the end of a call of what coroutine.wrap gives, with or without a wait before it',
  },
  {
    file: 'lcorolib.c',
    find: '    return lua_error(L);  /* propagate error */\n  }\n  return r;\n}\n',
    replace: `$&

static int auxwrapk (lua_State *L, int status, lua_KContext ctx) {
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  (void)status; (void)ctx;
  return finishwrap(L, co, auxresume(L, co, -1, auxwrapk));
}


static int luaB_auxwrap (lua_State *L) {
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  return finishwrap(L, co, auxresume(L, co, lua_gettop(L), auxwrapk));
}
`,
    why: 'see the one before',
  },
  {
    file: 'lcorolib.c',
    find: '      case LUA_YIELD:\n        return COS_YIELD;\n',
    replace: '      case LUA_YIELD:\n        return meter_held(co) ? COS_NORM : COS_YIELD;\n',
    why: 'a coroutine that waits for the host is not suspended: nobody else may resume or close it',
  },
  {
    file: 'lcorolib.c',
    find: 'static int luaB_yield (lua_State *L) {\n',
    replace: `$&  if (l_unlikely(METER(L)->base == L))
    return luaL_error(L, "attempt to yield from outside a coroutine");
`,
    why: 'the bottom coroutine of a run is no coroutine to the script',
  },
  {
    file: 'lcorolib.c',
    find: 'lua_pushboolean(L, lua_isyieldable(co));',
    replace: 'lua_pushboolean(L, lua_isyieldable(co) && METER(L)->base != co);',
    why: 'see the one before',
  },
  {
    file: 'lcorolib.c',
    find: '  int ismain = lua_pushthread(L);\n',
    replace: '  int ismain = lua_pushthread(L) || METER(L)->base == L;\n',
    why: 'see the one before',
  },
  {
    file: 'lcorolib.c',
    only: '5.5',
    find: '      if (lua_tothread(L, -1) == co)\n        return luaL_error(L, "cannot close main thread");\n',
    replace:
      '      if (lua_tothread(L, -1) == co || METER(L)->base == co)\n        return luaL_error(L, "cannot close main thread");\n',
    why: 'see the one before',
  },

  {
    file: 'lcorolib.c',
    find: '  status = lua_resume(co, L, narg, &nres);\n',
    replace: '$&  meter_adopt(L);\n',
    why: 'a hook set while the coroutine ran holds for the one that resumed it too',
  },

  // --- libraries: loops in C -----------------------------------------------------------------------------------
  {
    file: 'lbaselib.c',
    find: '    luaL_argcheck(L, 2 <= base && base <= 36, 2, "base out of range");\n',
    replace: '$&    meter_poll(L, l >> 3);\n',
    why: 'tonumber with a base reads the whole string',
  },
  {
    file: 'ltablib.c',
    find: '#include "lualib.h"\n',
    replace: '$&\n#define lua_geti(L,idx,n)  (meter_poll(L, 1), (lua_geti)(L, idx, n))\n',
    why: 'every loop of the table library reads its elements',
  },
  {
    file: 'lstrlib.c',
    find: '    while (n-- > 1) {  /* first n-1 copies (followed by separator) */\n',
    replace: '$&      if ((n & 1023) == 0) meter_poll(L, 16);\n',
    why: 'string.rep',
  },
  {
    file: 'lstrlib.c',
    find: /(static int str_byte \(lua_State \*L\) \{[\s\S]*?)(  luaL_checkstack\(L, n, "string slice too long"\);\n)/,
    replace: '$1  meter_poll(L, n >> 3);\n$2',
    why: 'string.byte of many bytes',
  },
  {
    file: 'lstrlib.c',
    find: 'static const char *lmemfind (const char *s1, size_t l1,\n                               const char *s2, size_t l2) {',
    replace:
      'static const char *lmemfind (lua_State *L, const char *s1, size_t l1,\n                               const char *s2, size_t l2) {',
    why: 'see the next two',
  },
  {
    file: 'lstrlib.c',
    find: 'init++;   /* 1st char is already checked */\n',
    replace: '$&      meter_poll(L, (ct_diff2sz(init - s1) >> 6) + (l2 >> 6) + 1);\n',
    times: 1,
    only: '5.5',
    why: 'plain find',
  },
  {
    file: 'lstrlib.c',
    find: 'init++;   /* 1st char is already checked */\n',
    replace: '$&      meter_poll(L, ((size_t)(init - s1) >> 6) + (l2 >> 6) + 1);\n',
    only: '5.4',
    why: 'plain find',
  },
  {
    file: 'lstrlib.c',
    find: /lmemfind\(s \+ init, ls - init, p, lp\)/,
    replace: '(meter_poll(L, ls >> 7), lmemfind(L, s + init, ls - init, p, lp))',
    why: 'plain find that finds no first byte is one long memchr',
  },
  {
    file: 'lstrlib.c',
    find: /(static int str_find_aux \(lua_State \*L, int find\) \{[\s\S]*?)(  \/\* explicit request or no special characters\? \*\/\n)/,
    replace: '$1  meter_poll(L, lp >> 5);\n$2',
    why: 'the pattern is searched for special characters',
  },
  {
    file: 'lstrlib.c',
    find: '  init: /* using goto to optimize tail recursion */\n',
    replace: '$&  meter_poll(ms->L, 1);\n',
    why: 'pattern matching',
  },
  {
    file: 'lstrlib.c',
    find: /static int matchbracketclass \(int c, const char \*p, const char \*ec\) \{\n  int sig = 1;\n/,
    replace: '$&  if (ec - p > 64) meter_charge_here((size_t)(ec - p) >> 4);\n',
    why: 'character classes of megabytes',
  },
  {
    file: 'lstrlib.c',
    find: /(static const char \*class[eE]nd \(MatchState \*ms, const char \*p\) \{\n)([\s\S]*?)(\} while \(\*p != '\]'\);\n)/,
    replace: '$1  const char *from = p;\n$2$3      if (p - from > 64) meter_charge(ms->L, (p - from) >> 4);\n',
    why: 'character classes of megabytes',
  },
  {
    file: 'lstrlib.c',
    find: '  while (singlematch(ms, s + i, p, ep))\n    i++;\n',
    replace:
      '  while (singlematch(ms, s + i, p, ep)) {\n    i++;\n    if ((i & 15) == 0 || ep - p > 64) meter_poll(ms->L, 1);\n  }\n',
    why: 'greedy repetitions',
  },
  {
    file: 'lstrlib.c',
    find: '    while (++s < ms->src_end) {\n      if (*s == e) {',
    replace:
      '    while (++s < ms->src_end) {\n      if (((ms->src_end - s) & 31) == 0) meter_poll(ms->L, 1);\n      if (*s == e) {',
    why: 'balanced matches',
  },
  {
    file: 'lstrlib.c',
    find: /  if \(\(size_t\)\(ms->src_end-s\) >= len &&\n/,
    replace: '  meter_poll(ms->L, len >> 6);\n$&',
    why: 'back references',
  },
  {
    file: 'lstrlib.c',
    only: '5.5',
    find: '  KOption opt = getoption(h, fmt, psize);\n  size_t align = *psize;  /* usually, alignment follows size */\n',
    replace: '$&  meter_poll(h->L, 1);\n',
    why: 'formats of pack and unpack that are long and do nothing',
  },
  {
    file: 'lstrlib.c',
    only: '5.4',
    find: '  KOption opt = getoption(h, fmt, psize);\n  int align = *psize;  /* usually, alignment follows size */\n',
    replace: '$&  meter_poll(h->L, 1);\n',
    why: 'formats of pack and unpack that are long and do nothing',
  },
  {
    file: 'lutf8lib.c',
    find: /    posi = [^\n]*s1 - s[^\n]*\n    n\+\+;\n/,
    replace: '$&    if ((n & 255) == 0) meter_poll(L, 32);\n',
    why: 'utf8.len',
  },
  {
    file: 'lutf8lib.c',
    find: '  luaL_checkstack(L, n, "string slice too long");\n',
    replace: '  meter_poll(L, n >> 3);\n$&',
    why: 'utf8.codepoint of many characters',
  },
  {
    file: 'lutf8lib.c',
    find: '    while (iscontp(s + n)) n++;  /* go to next character */\n',
    replace: '    lua_Unsigned from = n;\n$&    meter_poll(L, (n - from) >> 4);\n',
    why: 'utf8.codes over continuation bytes',
  },
  // --- found by the attack corpus ------------------------------------------------------------------------------
  {
    file: 'lzio.h',
    find: '  const char *p;\t\t/* current position in buffer */\n',
    replace: "$&  size_t rest;\t\t/* bytes of the reader's piece behind 'n' */\n",
    why: 'see the next two',
  },
  { file: 'lzio.c', find: '  z->n = 0;\n  z->p = NULL;\n', replace: '$&  z->rest = 0;\n', why: 'see the next' },
  {
    file: 'lzio.c',
    find: /  lua_unlock\(L\);\n  buff = z->reader\(L, z->data, &size\);\n  lua_lock\(L\);\n  if \(buff == NULL \|\| size == 0\)\n    return EOZ;\n/,
    replace: `  if (z->rest > 0) {  /* go on with the reader's piece */
    buff = z->p;
    size = z->rest;
  }
  else {
    lua_unlock(L);
    buff = z->reader(L, z->data, &size);
    lua_lock(L);
    if (buff == NULL || size == 0)
      return EOZ;
  }
  z->rest = (size > 4096) ? size - 4096 : 0;
  size -= z->rest;
  meter_poll(L, size >> 3);
`,
    why: 'sources are read in small pieces, whatever the reader gives, with a poll for each',
  },
  {
    file: 'lbaselib.c',
    find: /(static int luaB_load \(lua_State \*L\) \{\n[\s\S]*?int env = [^\n]*\n)/,
    replace: '$1  meter_poll(L, (lua_rawlen(L, 2) >> 4) + (lua_rawlen(L, 3) >> 4));\n',
    why: 'long chunk names and modes',
  },
  {
    file: 'lauxlib.c',
    find: /    void \*temp = allocf\(ud, box->box, box->bsize, newsize\);\n    if \(l_unlikely\(temp == NULL && newsize > 0\)\) \{  \/\* allocation error\? \*\/\n      lua_pushliteral\(L, "not enough memory"\);\n      lua_error\(L\);  \/\* raise a memory error \*\/\n    \}\n/,
    only: '5.5',
    replace: `    void *temp = allocf(ud, box->box, box->bsize, newsize);
    if (l_unlikely(temp == NULL && newsize > 0)) {  /* allocation error? */
      lua_gc(L, LUA_GCCOLLECT);
      temp = allocf(ud, box->box, box->bsize, newsize);
      if (temp == NULL) meter_throwmemory(L);
    }
`,
    why: 'buffers collect garbage before they give up, and their failure is a memory error',
  },
  {
    file: 'lauxlib.c',
    find: /  if \(l_unlikely\(temp == NULL && newsize > 0\)\) \{  \/\* allocation error\? \*\/\n    lua_pushliteral\(L, "not enough memory"\);\n    lua_error\(L\);  \/\* raise a memory error \*\/\n  \}\n/,
    only: '5.4',
    replace: `  if (l_unlikely(temp == NULL && newsize > 0)) {  /* allocation error? */
    lua_gc(L, LUA_GCCOLLECT);
    temp = allocf(ud, box->box, box->bsize, newsize);
    if (temp == NULL) meter_throwmemory(L);
  }
`,
    why: 'buffers collect garbage before they give up, and their failure is a memory error',
  },
  {
    file: 'lauxlib.c',
    find: '  while (lua_next(L, -2)) {  /* for each pair in table */\n',
    replace: '$&    meter_poll(L, 1);\n',
    why: 'argument errors search the loaded libraries for the name of the function',
  },
  {
    file: 'lvm.c',
    find: '  for (loop = 0; loop < MAXTAGLOOP; loop++) {\n',
    replace: '$&    meter_charge(L, (loop == 0) ? 0 : 4);\n',
    times: 2,
    why: 'chains of __index and __newindex tables',
  },
  {
    file: 'ltable.c',
    find: /static const TValue \*getgeneric \(Table \*t, const TValue \*key, int deadok\) \{\n  Node \*n = mainpositionTV\(t, key\);\n  for \(;;\) \{[^\n]*\n/,
    replace: `static const TValue *getgeneric (Table *t, const TValue *key, int deadok) {
  Node *n = mainpositionTV(t, key);
  unsigned int steps = 0;
  for (;;) {  /* check whether 'key' is somewhere in the chain */
    if (l_unlikely((++steps & 31) == 0)) meter_charge_here(16);
`,
    why: 'keys chosen to collide',
  },
  {
    file: 'ltable.c',
    find: /( +)Node \*n = hashint\(t, key\);\n([\s\S]*?)( +)for \(;;\) \{  \/\* check whether 'key' is somewhere in the chain \*\/\n/,
    replace:
      '$1Node *n = hashint(t, key);\n$1unsigned int steps = 0;\n$2$3for (;;) {\n$3  if (l_unlikely((++steps & 31) == 0)) meter_charge_here(16);\n',
    why: 'integer keys chosen to collide',
  },
  {
    file: 'ltable.c',
    find: /      while \(othern \+ gnext\(othern\) != mp\)  \/\* find previous \*\/\n        othern \+= gnext\(othern\);\n/,
    replace: `      {
        unsigned int steps = 0;
        while (othern + gnext(othern) != mp) {  /* find previous */
          othern += gnext(othern);
          if (l_unlikely((++steps & 31) == 0)) meter_charge_here(16);
        }
      }
`,
    why: 'keys chosen to collide',
  },
  {
    file: 'lfunc.c',
    find: /const char \*luaF_getlocalname \(const Proto \*f, int local_number, int pc\) \{\n  int i;\n/,
    replace: '$&  if (f->sizelocvars > 64) meter_charge_here((size_t)f->sizelocvars >> 2);\n',
    why: 'errors in functions with very many locals look for names',
  },
  {
    file: 'ldo.c',
    find: /(void luaD_shrinkstack \(lua_State \*L\) \{\n  int inuse = stackinuse\(L\);\n)/,
    replace: '$1  meter_charge(L, L->nci >> 2);\n',
    why: 'errors caught in a deep stack',
  },
  {
    file: 'lparser.c',
    find: /  for \(i = g; i < gl->n - 1; i\+\+\)  \/\* remove goto from pending list \*\/\n/,
    replace: '  meter_charge(ls->L, (gl->n - g) >> 2);\n$&',
    why: 'many gotos and breaks to one label',
  },
  {
    file: 'lparser.c',
    only: '5.5',
    find: '  while (igt < gl->n) {   /* for each pending goto */\n',
    replace: '$&    meter_charge(ls->L, 1);\n',
    why: 'many gotos pending at the end of many blocks',
  },
  {
    file: 'lparser.c',
    only: '5.4',
    find: '  for (i = bl->firstgoto; i < gl->n; i++) {  /* for each pending goto */\n',
    replace: '$&    meter_charge(fs->ls->L, 1);\n',
    why: 'many gotos pending at the end of many blocks',
  },
  {
    file: 'lgc.c',
    find: 'if (passes >= 32) {',
    replace: 'meter_charge_here((size_t)sizenode(h) + 1);\n      if (passes >= 6) {',
    why: 'passes over ephemeron tables cost time that nothing else shows',
  },
  {
    file: 'lstrlib.c',
    find: '  while ((p = (char *)memchr(news, L_ESC, l)) != NULL) {\n',
    replace: '  meter_poll(L, l >> 4);\n$&    meter_poll(L, 1);\n',
    why: 'replacement strings of gsub',
  },
  {
    file: 'lstrlib.c',
    find: "  while (len--) {\n    if (*s == '\"'",
    replace: "  while (len--) {\n    if ((len & 255) == 0) meter_poll(b->L, 32);\n    if (*s == '\"'",
    why: '%q',
  },
  {
    file: 'lstrlib.c',
    find: '  len++;  /* adds following character (should be the specifier) */\n',
    replace: '$&  meter_poll(L, len >> 4);\n',
    why: 'formats with very many flags',
  },
  {
    file: 'lstrlib.c',
    find: '            luaL_argcheck(L, l == strlen(s), arg, "string contains zeros");\n',
    replace: '            meter_poll(L, l >> 5);\n$&',
    why: 'long strings formatted with a precision',
  },
  {
    file: 'lstrlib.c',
    find: '        luaL_argcheck(L, strlen(s) == len, arg, "string contains zeros");\n',
    replace: '        meter_poll(L, len >> 5);\n$&',
    why: 'long strings in pack',
  },
  {
    file: 'lstrlib.c',
    find: '        size_t len = strlen(data + pos);\n',
    replace: '$&        meter_poll(L, len >> 5);\n',
    why: 'long strings in unpack',
  },
  {
    file: 'lutf8lib.c',
    find: '    while (posi > 0 && iscontp(s + posi)) posi--;\n',
    replace:
      '    while (posi > 0 && iscontp(s + posi)) {\n      posi--;\n      if ((posi & 255) == 0) meter_poll(L, 32);\n    }\n',
    why: 'utf8.offset over continuation bytes',
  },
  {
    file: 'lutf8lib.c',
    find: /          posi--;\n(        \} while \(posi > 0 && iscontp\(s \+ posi\)\);)/,
    only: '5.5',
    replace: '          posi--;\n          if ((posi & 255) == 0) meter_poll(L, 32);\n$1',
    why: 'utf8.offset backwards',
  },
  {
    file: 'lutf8lib.c',
    find: /           posi--;\n(         \} while \(posi > 0 && iscontp\(s \+ posi\)\);)/,
    only: '5.4',
    replace: '           posi--;\n           if ((posi & 255) == 0) meter_poll(L, 32);\n$1',
    why: 'utf8.offset backwards',
  },
  {
    file: 'lutf8lib.c',
    find: /( +)posi\+\+;\n( +\} while \(iscontp\(s \+ posi\)\);)/,
    replace: '$1posi++;\n$1if ((posi & 255) == 0) meter_poll(L, 32);\n$2',
    why: 'utf8.offset forwards',
  },
  {
    file: 'lutf8lib.c',
    only: '5.5',
    find: '    while (iscontp(s + posi + 1))\n      posi++;  /* skip to last continuation byte */\n',
    replace:
      '    while (iscontp(s + posi + 1)) {\n      posi++;  /* skip to last continuation byte */\n      if ((posi & 255) == 0) meter_poll(L, 32);\n    }\n',
    why: 'utf8.offset over continuation bytes',
  },
]

/**
 * Applies every edit for `version` ('5.5.1', '5.4.9', …) to the sources in `directory`, in place.
 *
 * @param {string} directory
 * @param {string} version
 */
export function applyEdits(directory, version) {
  const series = version.split('.').slice(0, 2).join('.')
  const texts = new Map()
  for (const edit of edits) {
    if (edit.only !== undefined && edit.only !== series) continue
    const path = join(directory, edit.file)
    const text = texts.get(path) ?? readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
    const pattern =
      typeof edit.find === 'string'
        ? new RegExp(edit.find.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'g')
        : new RegExp(edit.find, 'g')
    const found = text.match(pattern)?.length ?? 0
    const expected = edit.times ?? 1
    if (found !== expected) {
      throw new Error(
        `Lua ${version}: expected the anchor of the edit "${edit.why}" ${expected} time(s) in ${edit.file}, found it ${found} time(s): ${edit.find}`,
      )
    }
    const replacement = edit.replace.replaceAll('@isIT@', series === '5.4' ? 'isIT' : 'luaP_isIT')
    texts.set(path, text.replace(pattern, replacement))
  }
  for (const [path, text] of texts) writeFileSync(path, text)
}
