/** A word, sign or literal of Lua source. */
export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'sign' | 'end'
  /** The name or sign; the value of a string, byte by byte; empty otherwise. */
  readonly text: string
  /** Where it begins, from 1. */
  readonly line: number
}

/** Source that the scan does not understand. */
export class ScanError extends Error {
  readonly line: number

  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

const blank = /[ \t\v\f]+/y
const newline = /\r\n|\n\r|\n|\r/y
const name = /[A-Za-z_]\w*/y
const number = /(?:0[xX](?:[\da-fA-F.]|[pP][+-]?)+|(?:\d|\.\d)(?:[\d.]|[eE][+-]?)*)\w*/y
const sign = /\.\.\.|\.\.|::|<<|>>|\/\/|==|~=|<=|>=|[-+*/%^#&~|<>=(){}[\];:,.]/y
const longOpening = /\[(=*)\[/y
const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** Splits Lua source, any version's from 5.1 on, into tokens. The source has a character for each byte. */
export class LuaLexer {
  readonly #source: string
  #at = 0
  #line = 1

  constructor(source: string) {
    this.#source = source
  }

  /** The next token; one of kind `end`, again and again, when there are no more. */
  next(): Token {
    this.#skip()
    const line = this.#line
    if (this.#at >= this.#source.length) return { kind: 'end', text: '', line }
    const word = this.#match(name)
    if (word !== undefined) return { kind: 'name', text: word[0], line }
    if (this.#match(number) !== undefined) return { kind: 'number', text: '', line }
    const quote = this.#source[this.#at]
    if (quote === '"' || quote === "'") return { kind: 'string', text: this.#quoted(quote), line }
    const long = this.#match(longOpening)
    if (long !== undefined) return { kind: 'string', text: this.#long(long[1] ?? ''), line }
    const found = this.#match(sign)
    if (found !== undefined) return { kind: 'sign', text: found[0], line }
    throw new ScanError(`unexpected character ${JSON.stringify(quote)}`, line)
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#source)
    if (match === null) return undefined
    this.#at = pattern.lastIndex
    return match
  }

  /** Skips blanks, line ends and comments. */
  #skip(): void {
    for (;;) {
      if (this.#match(blank) !== undefined) continue
      if (this.#match(newline) !== undefined) this.#line++
      else if (this.#source.startsWith('--', this.#at)) {
        this.#at += 2
        const long = this.#match(longOpening)
        if (long !== undefined) this.#long(long[1] ?? '')
        else this.#match(/[^\r\n]*/y)
      } else return
    }
  }

  /** What stands in long brackets of a level, behind the opening one. */
  #long(level: string): string {
    const close = `]${level}]`
    const end = this.#source.indexOf(close, this.#at)
    if (end === -1) throw new ScanError('unfinished long string or comment', this.#line)
    const raw = this.#source.slice(this.#at, end)
    this.#at = end + close.length
    const text = raw.replace(/\r\n|\n\r|\r/g, '\n')
    this.#line += text.split('\n').length - 1
    return text.startsWith('\n') ? text.slice(1) : text
  }

  #quoted(quote: string): string {
    let text = ''
    for (this.#at++; ; ) {
      const char = this.#source[this.#at]
      if (char === undefined || char === '\n' || char === '\r') throw new ScanError('unfinished string', this.#line)
      if (char === quote) {
        this.#at++
        return text
      }
      if (char === '\\') text += this.#escape()
      else {
        text += char
        this.#at++
      }
    }
  }

  #escape(): string {
    this.#at++
    if (this.#match(newline) !== undefined) {
      this.#line++
      return '\n'
    }
    const code = this.#match(/x([\da-fA-F]{2})|(\d{1,3})/y)
    if (code !== undefined) {
      return String.fromCharCode(code[1] === undefined ? Number(code[2]) : Number.parseInt(code[1], 16))
    }
    const unicode = this.#match(/u\{([\da-fA-F]+)\}/y)
    if (unicode !== undefined) return utf8(Number.parseInt(unicode[1] ?? '', 16))
    if (this.#match(/z/y) !== undefined) {
      while (this.#match(blank) !== undefined || this.#match(newline) !== undefined) {
        if (/[\r\n]/.test(this.#source[this.#at - 1] ?? '')) this.#line++
      }
      return ''
    }
    const char = this.#source[this.#at++] ?? ''
    return escapes[char] ?? char
  }
}

/** Lua's UTF-8, a character per byte; code points beyond Unicode are no names of modules. */
function utf8(codePoint: number): string {
  const known = codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : '\ufffd'
  return Buffer.from(known).toString('latin1')
}
