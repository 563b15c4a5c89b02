/** Sizes as `.pt2` files write them: expressions of SymPy, e.g. `Mul(Integer(2), Symbol('s17', positive=True))`. */
import { add, type Dimension, floorDivide, max, min, modulo, multiply, symbol } from '../../../src/graph/dimension.js'

const DEEPEST = 100
const LONGEST = 10_000
const TOKEN = /\s*(?:([A-Za-z_]\w*)|(-?\d+)|'([^']*)'|([(),=]))/y

/** What the operations do with their operands. */
const OPERATIONS: ReadonlyMap<string, (operands: readonly Dimension[]) => Dimension | undefined> = new Map([
  ['Add', ofMany(add)],
  ['Mul', ofMany(multiply)],
  ['Max', ofMany(max)],
  ['Min', ofMany(min)],
  ['FloorDiv', ofTwo(floorDivide)],
  ['CleanDiv', ofTwo(floorDivide)],
  ['Mod', ofTwo(modulo)],
  ['PythonMod', ofTwo(modulo)],
  ['Pow', ofTwo(power)],
])

/**
 * @param nameOf - what a name of the file is called in the graph
 * @throws {UnsupportedError} `E_DIMENSION_TOO_LONG`
 * @returns `undefined` for an expression that is no size, or of an operation that is not known
 */
export function parseSize(text: string, nameOf: (name: string) => string): Dimension | undefined {
  if (text.length > LONGEST) return undefined
  const tokens = tokensOf(text)
  const parser = { tokens: tokens ?? [], at: 0, nameOf }
  const size = tokens === undefined ? undefined : expression(parser, 0)
  return parser.at === parser.tokens.length ? size : undefined
}

interface Parser {
  readonly tokens: readonly string[]
  at: number
  nameOf(name: string): string
}

/** Texts keep one quote in front. */
function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = []
  const pattern = new RegExp(TOKEN)
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text)
    if (match === null) return undefined
    tokens.push(match[1] ?? match[2] ?? match[4] ?? `'${match[3] ?? ''}`)
  }
  return tokens
}

/** `Name(operand, ..., key=value)`, a number or a text. */
function expression(parser: Parser, depth: number): Dimension | undefined {
  const name = parser.tokens[parser.at] ?? ''
  parser.at += 1
  if (/^-?\d+$/.test(name)) return wholeSize(Number(name))
  if (depth > DEEPEST || !take(parser, '(')) return undefined
  if (name === 'Symbol') return symbolOf(parser)
  const operands: Dimension[] = []
  while (!take(parser, ')')) {
    const operand = expression(parser, depth + 1)
    if (operand === undefined) return undefined
    operands.push(operand)
    take(parser, ',')
  }
  if (name === 'Integer' && operands.length === 1) return operands[0]
  return operands.length === 0 ? undefined : OPERATIONS.get(name)?.(operands)
}

/** Behind the name stands what is known of it: `positive=True`. */
function symbolOf(parser: Parser): Dimension | undefined {
  const name = parser.tokens[parser.at] ?? ''
  const end = parser.tokens.indexOf(')', parser.at)
  if (!name.startsWith("'") || name.length < 2 || end < 0) return undefined
  parser.at = end + 1
  return symbol(parser.nameOf(name.slice(1)))
}

function take(parser: Parser, token: string): boolean {
  if (parser.tokens[parser.at] !== token) return false
  parser.at += 1
  return true
}

const wholeSize = (value: number): number | undefined => (Number.isSafeInteger(value) ? value : undefined)

function ofMany(operation: (left: Dimension, right: Dimension) => Dimension) {
  return (operands: readonly Dimension[]): Dimension => operands.reduce(operation)
}

function ofTwo(operation: (left: Dimension, right: Dimension) => Dimension | undefined) {
  return ([left, right, more]: readonly Dimension[]): Dimension | undefined =>
    left === undefined || right === undefined || more !== undefined || right === 0 ? undefined : operation(left, right)
}

function power(base: Dimension, exponent: Dimension): Dimension | undefined {
  if (typeof exponent !== 'number' || exponent < 1 || exponent > 8) return undefined
  return ofMany(multiply)(Array.from({ length: exponent }, () => base))
}
