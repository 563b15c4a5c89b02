/** Parses functions and the statements in them. */
import { parseExpression, parseList } from './parse-expression.js'
import { brokenCode } from './script-errors.js'
import type { Expression, FunctionDefinition, Parameter, Statement } from './syntax.js'
import type { TokenReader } from './token-reader.js'

/** Parses `def name(...) -> type:` and its body. */
export function parseFunction(reader: TokenReader): FunctionDefinition {
  const { file, line } = reader
  reader.expect('def')
  const { text: name } = reader.expectKind('name', 'a name')
  const parameters = parseParameters(reader)
  const returns = reader.accept('->') ? parseExpression(reader) : undefined
  return { name, parameters, returns, body: parseBlock(reader), file, line }
}

/** Parses `:` and the indented statements after it. */
function parseBlock(reader: TokenReader): Statement[] {
  return parseIndented(reader, () => parseStatement(reader))
}

/** Parses `:` and what is indented after it, item by item. */
export function parseIndented<T>(reader: TokenReader, parse: () => T): T[] {
  return reader.nested(() => {
    reader.expect(':')
    reader.expectKind('end', 'the end of the line')
    reader.expectKind('indent', 'an indented line')
    const items: T[] = []
    while (reader.peek().kind !== 'dedent') items.push(parse())
    reader.take()
    return items
  })
}

function parseParameters(reader: TokenReader): Parameter[] {
  const parameters: Parameter[] = []
  reader.expect('(')
  while (!reader.accept(')')) {
    const { text: name } = reader.expectKind('name', 'a name')
    const type = reader.accept(':') ? parseExpression(reader) : undefined
    const initial = reader.accept('=') ? parseExpression(reader) : undefined
    parameters.push({ name, type, initial })
    if (!reader.isNext(')')) reader.expect(',')
  }
  return parameters
}

function parseStatement(reader: TokenReader): Statement {
  const { line } = reader
  const { text } = reader.peek()
  if (reader.isNext('def')) return { kind: 'def', definition: parseFunction(reader), line }
  if (reader.accept('if')) return parseIf(reader, line)
  if (reader.accept('for')) return parseFor(reader, line)
  if (reader.accept('while'))
    return { kind: 'while', condition: parseExpression(reader), body: parseBlock(reader), line }
  if (reader.accept('with')) return parseWith(reader, line)
  const statement = reader.peek().kind === 'name' && text in SIMPLE ? parseWord(reader, line) : parseAssignment(reader)
  reader.expectKind('end', 'the end of the line')
  return statement
}

const SIMPLE = { pass: true, return: true }

function parseWord(reader: TokenReader, line: number): Statement {
  if (reader.accept('pass')) return { kind: 'pass', line }
  reader.expect('return')
  const [items, endsWithComma] = parseList(reader, () => reader.peek().kind === 'end')
  return { kind: 'return', value: together(items, endsWithComma, line), line }
}

/** Several values without brackets are a tuple. */
function together(items: readonly Expression[], endsWithComma: boolean, line: number): Expression | undefined {
  return items.length > 1 || endsWithComma ? { kind: 'tuple', items, line } : items[0]
}

function parseIf(reader: TokenReader, line: number): Statement {
  const condition = parseExpression(reader)
  const then = parseBlock(reader)
  if (reader.isNext('elif')) {
    const { line: inner } = reader
    reader.take()
    return { kind: 'if', condition, then, otherwise: [reader.nested(() => parseIf(reader, inner))], line }
  }
  const otherwise = reader.accept('else') ? parseBlock(reader) : []
  return { kind: 'if', condition, then, otherwise, line }
}

function parseFor(reader: TokenReader, line: number): Statement {
  const { text: name } = reader.expectKind('name', 'a name')
  reader.expect('in')
  return { kind: 'for', name, over: parseExpression(reader), body: parseBlock(reader), line }
}

function parseWith(reader: TokenReader, line: number): Statement {
  const value = parseExpression(reader)
  const name = reader.accept('as') ? reader.expectKind('name', 'a name').text : undefined
  const body = parseBlock(reader)
  return name === undefined ? { kind: 'with', value, body, line } : { kind: 'with', value, name, body, line }
}

/** An assignment, or a call whose result nobody wants. */
function parseAssignment(reader: TokenReader): Statement {
  const { line } = reader
  const [targets, isUnpacking] = parseList(reader, () => reader.isNext('='))
  const [target] = targets
  if (reader.accept(':')) parseExpression(reader)
  if (!reader.accept('=')) {
    if (target === undefined || targets.length > 1) throw reader.unexpected('"="')
    return { kind: 'expression', value: target, line }
  }
  const [values] = parseList(reader, () => reader.peek().kind === 'end')
  const [value] = values
  if (target?.kind === 'attribute' && targets.length === 1 && value !== undefined && values.length === 1) {
    return { kind: 'set', of: target.of, name: target.name, value, line }
  }
  const names = targets.map((item) => nameOf(item, reader))
  if (isUnpacking ? values.length !== 1 : values.length !== names.length && values.length !== 1) {
    throw brokenCode({ file: reader.file, line }, `${names.length} names take ${values.length} values`)
  }
  return { kind: 'assign', names, values, isUnpacking: isUnpacking || values.length !== names.length, line }
}

function nameOf(target: Expression, { file }: TokenReader): string {
  if (target.kind === 'name') return target.name
  throw brokenCode({ file, line: target.line }, 'only names and attributes take values')
}
