/**
 * Parses one file of the code in a TorchScript archive. Nothing of it is ever run: it is followed by `follow-*.ts`.
 *
 * @see https://github.com/pytorch/pytorch/blob/main/torch/csrc/jit/serialization/python_print.cpp
 */
import { parseExpression, parseList } from './parse-expression.js'
import { parseFunction, parseIndented } from './parse-statement.js'
import type { ClassDefinition, CodeFile, Expression, FunctionDefinition } from './syntax.js'
import { TokenReader } from './token-reader.js'
import { tokenize } from './tokens.js'

/**
 * @param file - path inside the archive's `code` folder, for messages
 * @throws {FormatError} `E_TORCH_CODE`
 */
export function parseCode(text: string, file: string): CodeFile {
  const reader = new TokenReader(tokenize(text, file), file)
  const classes = new Map<string, ClassDefinition>()
  const functions = new Map<string, FunctionDefinition>()
  while (reader.peek().kind !== 'eof') {
    if (reader.isNext('class')) {
      const definition = parseClass(reader)
      classes.set(definition.name, definition)
    } else if (reader.isNext('def')) {
      const definition = parseFunction(reader)
      functions.set(definition.name, definition)
    } else skipLine(reader)
  }
  return { file, classes, functions }
}

/** Old files start with `op_version_set = 1` and imports, which say nothing that is needed. */
function skipLine(reader: TokenReader): void {
  if (!reader.isNext('import') && !reader.isNext('op_version_set')) throw reader.unexpected('a class or a function')
  while (reader.peek().kind !== 'end' && reader.peek().kind !== 'eof') reader.take()
  reader.take()
}

function parseClass(reader: TokenReader): ClassDefinition {
  const { file, line } = reader
  reader.expect('class')
  const { text: name } = reader.expectKind('name', 'a name')
  const bases = reader.accept('(') ? parseBases(reader) : []
  const members = { fields: new Map(), constants: new Map(), methods: new Map() }
  parseIndented(reader, () => parseMember(reader, members))
  return { name, bases, ...members, file, line }
}

function parseBases(reader: TokenReader): string[] {
  const [items] = parseList(reader, () => reader.isNext(')'))
  reader.expect(')')
  return items.flatMap((item) => (item.kind === 'name' ? [item.name] : []))
}

interface Members {
  readonly fields: Map<string, Expression>
  readonly constants: Map<string, Expression>
  readonly methods: Map<string, FunctionDefinition>
}

function parseMember(reader: TokenReader, { fields, constants, methods }: Members): void {
  if (reader.isNext('def')) {
    const definition = parseFunction(reader)
    methods.set(definition.name, definition)
    return
  }
  if (!reader.accept('pass')) {
    const target = parseExpression(reader)
    const type = reader.accept(':') ? parseExpression(reader) : undefined
    const value = reader.accept('=') ? parseExpression(reader) : undefined
    const name = memberName(target)
    if (name === undefined) throw reader.unexpected('an attribute')
    if (type !== undefined) fields.set(name, type)
    if (value !== undefined) (target.kind === 'index' ? fields : constants).set(name, value)
  }
  reader.expectKind('end', 'the end of the line')
}

/** `name`, or `__annotations__["0"]` for one that is no word of Python. */
function memberName(target: Expression): string | undefined {
  if (target.kind === 'name') return target.name
  return target.kind === 'index' && target.index.kind === 'string' ? target.index.value : undefined
}
