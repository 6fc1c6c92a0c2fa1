/** Objects of JavaScript in Lua: `node --import tsx examples/classes.ts`. */
import { createRuntime } from '@lua-native/runtime'

class Account {
  static readonly currency = 'EUR'
  readonly owner: string
  #cents = 0

  constructor(owner: unknown) {
    if (typeof owner !== 'string') throw new TypeError('an account needs an owner')
    this.owner = owner
  }

  deposit(cents: number): this {
    this.#cents += cents
    return this
  }

  get cents(): number {
    return this.#cents
  }

  toString(): string {
    return `${this.owner}: ${this.#cents / 100} ${Account.currency}`
  }
}

using lua = createRuntime({ print: (text) => console.log(`> ${text.trimEnd()}`) })

// A JavaScript class as it is: methods, accessors, statics, fields; nothing private, no constructor.
lua.registerClass(Account, { operators: { __len: (account: Account) => account.cents } })
lua.executeScript(`
  ada = Account("Ada"):deposit(250)
  print(ada, ada.cents, #ada, ada.owner, Account.currency)
  print(ada.constructor, getmetatable(ada))
`)

// What the class refuses is an error of the script, which says where.
for (const script of ['ada.cents = 1e9', 'ada.deposit(100)', 'Account(5)']) {
  try {
    lua.executeScript(script, { chunkName: '@bank.lua' })
  } catch (error) {
    if (error instanceof Error) console.log(error.message)
  }
}

// In JavaScript an instance is the object itself, and one that JavaScript makes is an instance too.
const ada = lua.getGlobal<Account>('ada')
ada.deposit(50)
console.log(ada instanceof Account, String(ada))
lua.setGlobal('accounts', [ada, new Account('Bob').deposit(5)])
lua.executeScript('print(accounts[1] == ada, accounts[2])')

// A class from a definition, where there is none in JavaScript: all that scripts see is listed.
interface Vector {
  x: number
  y: number
}
const Vector = lua.registerClass<Vector>('Vector', {
  construct: (x, y) => ({ x: Number(x ?? 0), y: Number(y ?? 0) }),
  methods: { length: ({ x, y }) => Math.hypot(x, y) },
  properties: {
    x: {
      get: (self) => self.x,
      set: (self, value) => {
        if (typeof value !== 'number') throw new TypeError('x must be a number')
        self.x = value
      },
    },
    y: { get: (self) => self.y },
  },
  operators: {
    __add: (a: Vector, b: Vector) => Vector.create(a.x + b.x, a.y + b.y),
    __eq: (a: Vector, b: Vector) => a.x === b.x && a.y === b.y,
    __tostring: ({ x, y }: Vector) => `(${x}, ${y})`,
  },
  statics: { dimensions: 2 },
})
lua.registerClass<Vector & { name: string }>('NamedVector', {
  extends: 'Vector',
  construct: (name, x, y) => ({ name: String(name), x: Number(x), y: Number(y) }),
  properties: { name: { get: (self) => self.name } },
})
lua.executeScript(`
  local v = Vector(1, 2) + Vector.new(2, 2)
  v.x = v.x + 3
  print(v, v:length(), v == Vector(6, 4), Vector.dimensions)
  print(NamedVector("unit", 1, 0).name, NamedVector("unit", 1, 0):length())
`)

// One object by reference, with what scripts may do to it.
const settings = { volume: 5, path: '/secret' }
lua.setUserdata('settings', settings, { readable: ['volume'], writable: ['volume'] })
lua.executeScript('settings.volume = settings.volume + 1 print(settings.volume, settings.path)')
console.log(settings.volume)

/* Prints:
> Ada: 2.5 EUR	250	250	Ada	EUR
> nil	Account
property "cents" of class "Account" is read-only
bad self of 'deposit' (Account expected, got 100); methods are called with a colon
an account needs an owner
true Ada: 3 EUR
> true	Bob: 0.05 EUR
> (6, 4)	7.2111025509279791	true	2
> unit	1
> 6	nil
6
*/
