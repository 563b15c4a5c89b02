/** The part of Python's grammar that PyTorch's printer uses. */
import { describe, expect, test } from 'vitest'
import { parseCode } from '../../../../formats/torch/script/parse-code.js'
import type { Expression } from '../../../../formats/torch/script/syntax.js'
import { refusalOf } from '../../../helpers/torch-script.js'

const returned = (text: string): Expression | undefined => {
  const [statement] = parseCode(`def f(x):\n  return ${text}\n`, 'a.py').functions.get('f')?.body ?? []
  return statement?.kind === 'return' ? statement.value : undefined
}

test.each([
  ['"a\\n\\"b\\\\\\t\\001\\x41"', 'a\n"b\\\t\x01A'],
  ["'it\\'s'", "it's"],
  ['"two " "parts"', 'two parts'],
])('the string %s has the value that Python reads', (text, value) => {
  expect(returned(text)).toMatchObject({ kind: 'string', value })
})

test.each([
  ['-1024', 'int', -1024n],
  ['-9223372036854775807', 'int', -9223372036854775807n],
  ['1.0000000000000001e-05', 'float', 1e-5],
  ['0.', 'float', 0],
  ['-inf', 'float', Number.NEGATIVE_INFINITY],
])('the number %s is read as it is printed', (text, kind, value) => {
  expect(returned(text)).toMatchObject({ kind, value })
})

test('a comma makes a tuple, brackets alone do not', () => {
  expect([returned('(x,)')?.kind, returned('(x)')?.kind, returned('x, x')?.kind]).toEqual(['tuple', 'name', 'tuple'])
})

test('names before a comma and an equals sign take one value apart', () => {
  const [statement] = parseCode('def f(x):\n  a, b, = x\n', 'a.py').functions.get('f')?.body ?? []
  expect(statement).toMatchObject({ kind: 'assign', names: ['a', 'b'], isUnpacking: true })
})

test('parameters over several lines belong to their function', () => {
  const f = parseCode('def f(self: M,\n    x: Optional[Tensor]=None,\n    n: int=3) -> Tensor:\n  pass\n', 'a.py')
  expect(f.functions.get('f')?.parameters.map(({ name }) => name)).toEqual(['self', 'x', 'n'])
})

test('a class knows attributes that are no words of Python', () => {
  const { classes } = parseCode('class M(Module):\n  __annotations__["0"] = Tensor\n  k : Final[int] = 3\n', 'a.py')
  const definition = classes.get('M')
  expect([definition?.fields.has('0'), definition?.constants.has('k')]).toEqual([true, true])
})

test('what old files start with is passed over', () => {
  expect(parseCode('op_version_set = 1\nimport __torch__.a\ndef f(x):\n  pass\n', 'a.py').functions.has('f')).toBe(true)
})

test('a fault is told with its file and line', () => {
  expect(() => parseCode('def f(x):\n  pass\n  return )\n', 'a/b.py')).toThrow('a/b.py:3: ")" closes nothing')
})

describe('code that PyTorch does not write is refused', () => {
  const nested = (count: number) => `${'('.repeat(count)}x${')'.repeat(count)}`
  const blocks = Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth + 1)}if x:\n`).join('')
  test.each([
    ['an open bracket', 'def f(x):\n  return (x\n'],
    ['an open string', 'def f(x):\n  return "x\n'],
    ['an unknown escape', 'def f(x):\n  return "\\q"\n'],
    ['an unknown character', 'def f(x):\n  return x ? x\n'],
    ['an operator', 'def f(x):\n  return x + x\n'],
    ['an indentation of its own', 'def f(x):\n    pass\n  pass\n'],
    ['a block without lines', 'def f(x):\nreturn x\n'],
    ['a statement outside of a function', 'x = 1\n'],
    ['more names than values', 'def f(x):\n  a, b = x, x, x\n'],
    ['a value for a call', 'def f(x):\n  x() = x\n'],
    ['brackets without end', `def f(x):\n  return ${nested(100_000)}\n`],
    ['brackets in one another', `def f(x):\n  return ${nested(190)}${'[x'.repeat(100)}`],
    ['blocks in one another', `def f(x):\n${blocks}`],
    ['a chain of elif', `def f(x):\n  if x:\n    pass\n${'  elif x:\n    pass\n'.repeat(1000)}`],
    ['a negative name', 'def f(x):\n  return -x\n'],
  ])('%s', (_, code) => {
    expect(refusalOf(() => parseCode(code, 'a.py'))).toBe('E_TORCH_CODE')
  })
})
