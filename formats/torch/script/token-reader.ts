/** Walks through the tokens of one file, with the errors that parsing needs. */
import { quoted } from '../../../src/core/quoted.js'
import { brokenCode } from './script-errors.js'
import type { Token } from './tokens.js'

/** Expressions and blocks in one another; PyTorch's printer stays below 40. */
const DEEPEST = 250

/** A place between tokens that moves on. */
export class TokenReader {
  readonly file: string
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[], file: string) {
    this.#tokens = tokens
    this.file = file
  }

  get line(): number {
    return this.peek().line
  }

  /** @returns the token `ahead` places on, without taking it */
  peek(ahead = 0): Token {
    return this.#tokens[this.#next + ahead] ?? { kind: 'eof', text: '', line: this.#tokens.at(-1)?.line ?? 1 }
  }

  take(): Token {
    const token = this.peek()
    this.#next += 1
    return token
  }

  /** @returns whether that mark or word comes next */
  isNext(text: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.text === text && (token.kind === 'mark' || token.kind === 'name')
  }

  /** Takes that mark or word if it comes next. */
  accept(text: string): boolean {
    const isNext = this.isNext(text)
    if (isNext) this.#next += 1
    return isNext
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected(quoted(text))
  }

  expectKind(kind: Token['kind'], what: string): Token {
    if (this.peek().kind !== kind) throw this.unexpected(what)
    return this.take()
  }

  /** @returns what `read` gives, unless it lies too deep */
  nested<T>(read: () => T): T {
    this.#depth += 1
    if (this.#depth > DEEPEST) throw brokenCode(this, `the code nests deeper than ${DEEPEST} levels`)
    const result = read()
    this.#depth -= 1
    return result
  }

  unexpected(wanted: string): Error {
    const { kind, text } = this.peek()
    const met = kind === 'mark' || kind === 'name' ? quoted(text) : MET[kind]
    return brokenCode(this, `expected ${wanted}, met ${met}`)
  }
}

const MET: Readonly<Record<Exclude<Token['kind'], 'mark' | 'name'>, string>> = {
  int: 'a number',
  float: 'a number',
  string: 'a string',
  indent: 'an indented line',
  dedent: 'the end of the block',
  end: 'the end of the line',
  eof: 'the end of the file',
}
