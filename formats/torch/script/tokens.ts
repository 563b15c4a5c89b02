/** Cuts code of TorchScript into tokens: the small part of Python's lexical rules that PyTorch's printer uses. */
import { quoted } from '../../../src/core/quoted.js'
import { brokenCode, type Position } from './script-errors.js'
import { stringValue } from './string-literal.js'

/** `indent` and `dedent` open and close a block, `end` ends a statement, `eof` the file. */
export type TokenKind = 'name' | 'int' | 'float' | 'string' | 'mark' | 'indent' | 'dedent' | 'end' | 'eof'

/** One word of the code. `text` of a string is its value, without quotes. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly line: number
}

/** Characters of one file; the longest of published models have some hundred thousand. */
const LONGEST_CODE = 8 * 2 ** 20
const DEEPEST_BLOCK = 200
const DEEPEST_BRACKET = 200

const TOKEN = new RegExp(
  [
    /[ \t\f]+|#[^\n]*|\\\r?\n/,
    /(?<name>[A-Za-z_]\w*)/,
    /(?<float>\d+\.\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+)/,
    /(?<int>\d+)/,
    /(?<quote>["'])/,
    /(?<mark>->|[()[\]{}:,.=-])/,
    /(?<newline>\r?\n)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
)

/**
 * @param file - path for messages
 * @throws {FormatError} `E_TORCH_CODE`
 */
export function tokenize(text: string, file: string): readonly Token[] {
  if (text.length > LONGEST_CODE) throw brokenCode({ file, line: 1 }, `more than ${LONGEST_CODE} characters`)
  return new Tokenizer(text, file).run()
}

class Tokenizer {
  readonly #text: string
  readonly #file: string
  readonly #tokens: Token[] = []
  readonly #indents = [0]
  #line = 1
  #brackets = 0
  #at = 0

  constructor(text: string, file: string) {
    this.#text = text
    this.#file = file
  }

  run(): readonly Token[] {
    this.#startLine()
    while (this.#at < this.#text.length) this.#next()
    if (this.#brackets > 0) throw this.#broken('a bracket is never closed')
    this.#endStatement()
    this.#indentTo(0)
    this.#push('eof', '')
    return this.#tokens
  }

  #next(): void {
    TOKEN.lastIndex = this.#at
    const match = TOKEN.exec(this.#text)
    if (match === null) throw this.#broken(`unexpected ${quoted(this.#text.slice(this.#at, this.#at + 12))}`)
    this.#at = TOKEN.lastIndex
    const { name, float, int, quote, mark, newline } = match.groups ?? {}
    if (name !== undefined) this.#push('name', name)
    else if (float !== undefined) this.#push('float', float)
    else if (int !== undefined) this.#push('int', int)
    else if (quote !== undefined) this.#string(quote)
    else if (mark !== undefined) this.#mark(mark)
    else if (newline !== undefined) this.#newline()
    else if (match[0].endsWith('\n')) this.#line += 1
  }

  /** Character by character: a pattern runs out of stack where there are many escapes. */
  #string(quote: string): void {
    const start = this.#at - 1
    while (this.#at < this.#text.length && this.#text[this.#at] !== quote && this.#text[this.#at] !== '\n')
      this.#at += this.#text[this.#at] === '\\' ? 2 : 1
    if (this.#text[this.#at] !== quote) throw this.#broken('a string is never closed')
    this.#at += 1
    this.#push('string', stringValue(this.#text.slice(start, this.#at), this.#position()))
  }

  #mark(mark: string): void {
    if ('([{'.includes(mark)) this.#brackets += 1
    if (')]}'.includes(mark)) this.#brackets -= 1
    if (this.#brackets < 0) throw this.#broken(`${quoted(mark)} closes nothing`)
    if (this.#brackets > DEEPEST_BRACKET) throw this.#broken(`more than ${DEEPEST_BRACKET} brackets in one another`)
    this.#push('mark', mark)
  }

  #newline(): void {
    this.#line += 1
    if (this.#brackets > 0) return
    this.#endStatement()
    this.#startLine()
  }

  /** A statement ends where a line does, empty lines apart. */
  #endStatement(): void {
    const last = this.#tokens.at(-1)?.kind
    if (last !== undefined && last !== 'end' && last !== 'dedent' && last !== 'indent') this.#push('end', '')
  }

  /** Reads the indentation of a line that holds code. */
  #startLine(): void {
    const blank = /(?:[ \t\f]*(?:#[^\n]*)?\r?\n)*/y
    blank.lastIndex = this.#at
    const skipped = blank.exec(this.#text)?.[0] ?? ''
    this.#at += skipped.length
    for (const character of skipped) if (character === '\n') this.#line += 1
    const start = this.#at
    while (this.#text[this.#at] === ' ') this.#at += 1
    if (this.#at < this.#text.length) this.#indentTo(this.#at - start)
  }

  #indentTo(width: number): void {
    if (width > (this.#indents.at(-1) ?? 0)) {
      this.#indents.push(width)
      if (this.#indents.length > DEEPEST_BLOCK) throw this.#broken(`more than ${DEEPEST_BLOCK} blocks in one another`)
      this.#push('indent', '')
      return
    }
    while (width < (this.#indents.at(-1) ?? 0)) {
      this.#indents.pop()
      this.#push('dedent', '')
    }
    if (width !== this.#indents.at(-1)) throw this.#broken('the indentation fits no block')
  }

  #push(kind: TokenKind, text: string): void {
    this.#tokens.push({ kind, text, line: this.#line })
  }

  #position(): Position {
    return { file: this.#file, line: this.#line }
  }

  #broken(what: string): Error {
    return brokenCode(this.#position(), what)
  }
}
