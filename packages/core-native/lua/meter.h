/*
** The meter as the interpreter sees it. luaconf.h of the edited Lua sources
** includes this file; native/vm/meter.cpp implements the functions.
**
** One meter per state, found from every coroutine through the extra space
** that lua_newthread copies from the main thread. 'fuel' is what is left of
** the current slice, in units of about one VM instruction. Work that the
** interpreter cannot count (bytes compared, slots skipped) is charged in
** proportion to its time. When fuel runs out, the next poll calls meter_slow,
** which takes another slice or raises an error that no script can catch.
*/
#ifndef LUA_NATIVE_METER_H
#define LUA_NATIVE_METER_H

#include <stddef.h>

#if defined(__cplusplus)
extern "C" {
#endif

struct lua_State;

typedef struct Meter {
  ptrdiff_t fuel;   /* units left in this slice; negative: poll is due */
  int tripped;      /* a limit was hit: every poll raises until the run ends */
  int textonly;     /* binary chunks are refused */
  int holdfinalizers;  /* greater than 0: the collector calls none */
  int hooked;       /* the host has or had a debug hook */
  int suspending;   /* a run is on its way out of its coroutines, to wait */
  int waited;       /* some coroutine was suspended by the host */
  int pinned;       /* resumes under way from where Lua cannot yield */
  struct lua_State *base;  /* bottom coroutine of a run on a thread of its own:
                              scripts see it as the main one */
} Meter;

#define METER(L)  (*(Meter **)((char *)(L) - LUA_EXTRASPACE))

/* Charges without a look at the limits. */
#define meter_charge(L,n)  ((void)(METER(L)->fuel -= (ptrdiff_t)(n)))

/* Charges, then looks at the limits when the slice is used up. May raise. */
#define meter_poll(L,n)  \
  ((void)(((METER(L)->fuel -= (ptrdiff_t)(n)) < 0) && (meter_slow(L), 0)))

/* Takes the next slice, or raises. Needs one stack slot (EXTRA_STACK will do);
   allocates nothing. */
void meter_slow (struct lua_State *L);

/* Charges the run of this thread, from functions that have no lua_State. */
void meter_charge_here (size_t n);

/* Called before a memory error is raised: notes where. Allocates nothing. */
void meter_nomemory (struct lua_State *L);

/* Raises a memory error, as luaM_error does. */
void meter_throwmemory (struct lua_State *L);

/* Whether the host, not the script, has suspended a coroutine. */
int meter_held (struct lua_State *co);

/* coroutine.resume. */
int meter_coresume (struct lua_State *L);

/* Called when a coroutine is resumed: gives it the host's debug hook. */
void meter_resume (struct lua_State *L);

/* The meter that goes with the context of a state's allocator. */
Meter *meter_of (void *ud);

/* The seed of string hashes, for Lua 5.4 (Lua 5.5 takes it as an argument). */
unsigned int meter_seed (void *ud);

#define meter_adopt(L)  ((void)(METER(L)->hooked && (meter_resume(L), 0)))

#define luai_userstateresume(L,n)  meter_adopt(L)

#if defined(__cplusplus)
}
#endif

#endif
