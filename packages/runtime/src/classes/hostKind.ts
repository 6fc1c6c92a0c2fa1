/**
 * What makes a JavaScript object one that crosses to Lua as userdata: a registered class, or the access that
 * `setUserdata` gave. Compared by identity. It refers to no Lua state, since functions that Lua holds refer to it.
 */
export class HostKind {
  /** What messages and `tostring` call it. */
  readonly name: string
  /** The kind whose members this one has too. */
  readonly base: HostKind | undefined
  /** Whether it belongs to a single object. */
  readonly isUserdata: boolean

  constructor(name: string, base?: HostKind, isUserdata = false) {
    this.name = name
    this.base = base
    this.isUserdata = isUserdata
  }

  /** The kind of a single object. */
  static ofUserdata(name: string): HostKind {
    return new HostKind(name, undefined, true)
  }

  /** Whether an object of this kind counts as one of `other`. */
  isA(other: HostKind): boolean {
    for (let kind: HostKind | undefined = this; kind !== undefined; kind = kind.base) {
      if (kind === other) return true
    }
    return false
  }
}
