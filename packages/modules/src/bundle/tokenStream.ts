import { LuaLexer, ScanError, type Token } from './luaLexer.ts'

/** Tokens with a look at the next one, and what a parser asks of them. */
export class TokenStream {
  readonly #lexer: LuaLexer
  #token: Token
  #ahead: Token | undefined

  constructor(source: string) {
    this.#lexer = new LuaLexer(source)
    this.#token = this.#lexer.next()
  }

  get token(): Token {
    return this.#token
  }

  /** The token behind the present one. */
  peek(): Token {
    this.#ahead ??= this.#lexer.next()
    return this.#ahead
  }

  advance(): Token {
    const token = this.#token
    this.#token = this.#ahead ?? this.#lexer.next()
    this.#ahead = undefined
    return token
  }

  /** Whether the present token is this sign or word. */
  is(text: string): boolean {
    return this.#token.text === text && (this.#token.kind === 'sign' || this.#token.kind === 'name')
  }

  /** Passes a sign or word if it is there. */
  take(text: string): boolean {
    if (!this.is(text)) return false
    this.advance()
    return true
  }

  /** Passes a sign or word that must be there. */
  expect(text: string): void {
    if (!this.take(text)) this.fail()
  }

  /** Passes a name. */
  name(): string {
    if (this.#token.kind !== 'name') this.fail()
    return this.advance().text
  }

  fail(): never {
    const { kind, text, line } = this.#token
    throw new ScanError(`unexpected ${kind === 'end' ? 'end of the source' : `'${text}'`}`, line)
  }
}
