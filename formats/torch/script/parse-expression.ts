/** Parses expressions: names, attributes, calls, subscripts and literals. PyTorch's printer writes no other operators. */
import { brokenCode } from './script-errors.js'
import type { Argument, Expression } from './syntax.js'
import type { TokenReader } from './token-reader.js'

/** Attributes, calls and indices of one value; PyTorch's printer stays below 20. */
const LONGEST_CHAIN = 250

/** @throws {FormatError} `E_TORCH_CODE` */
export function parseExpression(reader: TokenReader): Expression {
  return reader.nested(() => {
    let expression = parsePrimary(reader)
    for (let links = 0; ; links += 1) {
      const { line, file } = reader
      if (links > LONGEST_CHAIN) throw brokenCode({ file, line }, `more than ${LONGEST_CHAIN} attributes in a row`)
      if (reader.accept('.')) {
        const { text: name } = reader.expectKind('name', 'a name')
        expression = { kind: 'attribute', of: expression, name, line }
      } else if (reader.accept('(')) {
        expression = { kind: 'call', callee: expression, arguments: parseArguments(reader), line }
      } else if (reader.accept('[')) {
        expression = { kind: 'index', of: expression, index: parseIndex(reader), line }
      } else return expression
    }
  })
}

/** Parses `a`, or `a, b`; a comma at the end is left out. @returns the items, and whether there was such a comma */
export function parseList(reader: TokenReader, isEnd: () => boolean): [Expression[], boolean] {
  const items: Expression[] = []
  let endsWithComma = false
  while (!isEnd()) {
    items.push(parseExpression(reader))
    endsWithComma = reader.accept(',')
    if (!endsWithComma) break
  }
  return [items, endsWithComma]
}

function parseArguments(reader: TokenReader): Argument[] {
  const list: Argument[] = []
  while (!reader.accept(')')) {
    const isNamed = reader.peek().kind === 'name' && reader.isNext('=', 1)
    const name = isNamed ? reader.take().text : undefined
    if (isNamed) reader.expect('=')
    const value = parseExpression(reader)
    list.push(name === undefined ? { value } : { name, value })
    if (!reader.isNext(')')) reader.expect(',')
  }
  return list
}

/** Inside brackets: one value, several (in types), or a slice. */
function parseIndex(reader: TokenReader): Expression {
  const { line } = reader
  const first = reader.isNext(':') ? undefined : parseExpression(reader)
  if (reader.isNext(':')) return parseSlice(reader, first, line)
  const items = first === undefined ? [] : [first]
  const isOne = !reader.accept(',')
  if (!isOne) items.push(...parseList(reader, () => reader.isNext(']'))[0])
  reader.expect(']')
  return isOne && first !== undefined ? first : { kind: 'tuple', items, line }
}

function parseSlice(reader: TokenReader, first: Expression | undefined, line: number): Expression {
  const parts = [first]
  while (reader.accept(':')) {
    parts.push(reader.isNext(':') || reader.isNext(']') ? undefined : parseExpression(reader))
  }
  reader.expect(']')
  return { kind: 'slice', parts, line }
}

/** @returns what a word stands for */
function wordValue(name: string, line: number): Expression {
  if (name === 'True' || name === 'False') return { kind: 'bool', value: name === 'True', line }
  if (name === 'None') return { kind: 'none', line }
  if (name === 'inf') return { kind: 'float', value: Number.POSITIVE_INFINITY, line }
  return name === 'nan' ? { kind: 'float', value: Number.NaN, line } : { kind: 'name', name, line }
}

function parsePrimary(reader: TokenReader): Expression {
  const { line } = reader
  const { kind } = reader.peek()
  if (kind === 'int') return { kind, value: parseWhole(reader), line }
  if (kind === 'float') return { kind, value: Number(reader.take().text), line }
  if (kind === 'string') return { kind, value: parseStrings(reader), line }
  if (kind === 'name') return wordValue(reader.take().text, line)
  if (reader.accept('-')) return parseNegative(reader)
  if (reader.accept('(')) return parseBracketed(reader, line)
  if (reader.accept('[')) {
    const [items] = parseList(reader, () => reader.isNext(']'))
    reader.expect(']')
    return { kind: 'list', items, line }
  }
  if (reader.accept('{')) return parseDict(reader, line)
  throw reader.unexpected('a value')
}

/** 64 bits have 19 digits; the time to read a number grows with its square. */
const MOST_DIGITS = 20

function parseWhole(reader: TokenReader): bigint {
  if (reader.peek().text.length > MOST_DIGITS) throw reader.unexpected('a number of 64 bits')
  return BigInt(reader.take().text)
}

/** Strings beside each other are one. */
function parseStrings(reader: TokenReader): string {
  let value = ''
  while (reader.peek().kind === 'string') value += reader.take().text
  return value
}

function parseNegative(reader: TokenReader): Expression {
  const of = parsePrimary(reader)
  if (of.kind === 'int') return { ...of, value: -of.value }
  if (of.kind === 'float') return { ...of, value: -of.value }
  throw reader.unexpected('a number')
}

function parseBracketed(reader: TokenReader, line: number): Expression {
  const [items, endsWithComma] = parseList(reader, () => reader.isNext(')'))
  reader.expect(')')
  const [only] = items
  return items.length === 1 && only !== undefined && !endsWithComma ? only : { kind: 'tuple', items, line }
}

function parseDict(reader: TokenReader, line: number): Expression {
  const entries: (readonly [Expression, Expression])[] = []
  while (!reader.accept('}')) {
    const key = parseExpression(reader)
    reader.expect(':')
    entries.push([key, parseExpression(reader)])
    if (!reader.isNext('}')) reader.expect(',')
  }
  return { kind: 'dict', entries, line }
}
