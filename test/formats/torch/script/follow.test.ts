/** What is followed of a program, and where it ends. */
import { describe, expect, test } from 'vitest'
import { convertTorchScript } from '../../../../formats/torch/script/convert-torch-script.js'
import * as script from '../../../../formats/torch/script-value.js'
import { formatShape } from '../../../../src/graph/dimension.js'
import type { ModelGraph } from '../../../../src/graph/graph.js'
import { memoryInitializer } from '../../../../src/graph/memory-initializer.js'
import { constantValue } from '../../../../src/operators/known-value.js'
import { archiveWith, codeWith, refusalOf } from '../../../helpers/torch-script.js'

function weight(name: string, ...shape: number[]): script.ScriptTensor {
  const elements = new Float32Array(shape.reduce((count, size) => count * size, 1))
  const initializer = { ...memoryInitializer(name, elements, shape), trainable: true }
  return script.tensor({ name, known: constantValue(initializer), initializer })
}

const object = (type: string, attributes: Readonly<Record<string, script.ScriptValue>>): script.ScriptObject => ({
  kind: 'object',
  type: `__torch__.${type}`,
  attributes: new Map(Object.entries(attributes)),
})

const shapesOf = ({ main }: ModelGraph) =>
  main.inputs.map(({ type }) => (type?.kind === 'tensor' && type.shape ? formatShape(type.shape) : '?'))

const LINEAR = `class Linear(Module):
  def forward(self: __torch__.Linear, x: Tensor) -> Tensor:
    weight = self.weight
    return torch.linear(x, weight)
`

test('whole numbers of more than 64 bits are refused', () => {
  const code = codeWith('return torch.mul(x, 9223372036854775808)')
  expect(refusalOf(() => convertTorchScript(archiveWith(code)))).toBe('E_TORCH_CODE')
})

test('a whole number beyond 2^53 is no size', () => {
  const code = codeWith('return torch.reshape(x, [9007199254740993])')
  expect(refusalOf(() => convertTorchScript(archiveWith(code)))).toBe('E_TORCH_OPERATOR')
})

describe('sizes that a file leaves open', () => {
  test('follow from the first layer that reads the input', () => {
    const graph = convertTorchScript(
      archiveWith(codeWith('w = self.w\nreturn torch.linear(x, w)'), { w: weight('w', 5, 7) }),
    )
    expect(shapesOf(graph)).toEqual(['[N, 7]'])
  })

  test('are told as something taken for granted', () => {
    const graph = convertTorchScript(
      archiveWith(codeWith('w = self.w\nreturn torch.linear(x, w)'), { w: weight('w', 5, 7) }),
    )
    expect(graph.assumptions).toEqual(['the file does not say what input x looks like: [N, 7] fits its weights'])
  })

  test('follow from the number of sizes that the code takes apart', () => {
    const graph = convertTorchScript(archiveWith(codeWith('n, c, t, = torch.size(x)\nreturn torch.add(x, c)')))
    expect(shapesOf(graph)).toEqual(['[N, S, F]'])
  })

  test('are those that the code asks for in an assertion', () => {
    const body =
      'n, c, h, w, = torch.size(x)\nif torch.eq(h, 48):\n  pass\nelse:\n  ops.prim.RaiseException("no")\nreturn torch.relu(x)'
    expect(shapesOf(convertTorchScript(archiveWith(codeWith(body))))).toEqual(['[N, C, 48, W]'])
  })

  test('may be stated by the user, the batch staying free', () => {
    const options = { inputShapes: new Map([['', [1, 5, 3]]]) }
    expect(shapesOf(convertTorchScript(archiveWith(codeWith('return torch.relu(x)')), options))).toEqual(['[N, 5, 3]'])
  })

  test('are asked for where only they tell how often a loop turns', () => {
    const body = 'n, t, f, = torch.size(x)\nfor i in range(t):\n  x = torch.relu(x)\nreturn x'
    expect(() => convertTorchScript(archiveWith(codeWith(body)))).toThrow(
      'the code depends on S, which the file leaves open',
    )
  })

  test('settle how often a loop turns where the user states them', () => {
    const body = 'y = x\nfor i in range(torch.size(x, 1)):\n  y = torch.relu(y)\nreturn y'
    const graph = convertTorchScript(archiveWith(codeWith(body)), { inputShapes: new Map([['x', [1, 4]]]) })
    expect(graph.main.nodes.length).toBe(4)
  })

  test('are asked for where they make expressions beyond all bounds', () => {
    const body =
      'n, c, h, w, = torch.size(x)\nfor i in range(99):\n  h = torch.add(torch.mul(h, w), c)\nreturn torch.add(x, h)'
    expect(() => convertTorchScript(archiveWith(codeWith(body)))).toThrow(/^with C, H, N, W left open, /)
  })

  test('of an input that is not there are refused', () => {
    const options = { inputShapes: new Map([['image', [1, 4]]]) }
    expect(refusalOf(() => convertTorchScript(archiveWith(codeWith('return x')), options))).toBe('E_INPUT_SHAPE')
  })
})

describe('inputs of which the file says nothing', () => {
  const after = (body: string, features: number) => {
    const archive = archiveWith(codeWith(`${body}\nw = self.w\nreturn torch.linear(y, w)`), {
      w: weight('w', 2, features),
    })
    return shapesOf(convertTorchScript(archive))
  }

  test.each([
    ['torch.flatten(x, 1)', 784, '[N, 1, 28, 28]'],
    ['torch.flatten(x, 1)', 3072, '[N, 3, 32, 32]'],
    ['torch.flatten(x, 1)', 150528, '[N, 3, 224, 224]'],
    ['torch.view(x, [torch.size(x, 0), -1])', 784, '[N, 1, 28, 28]'],
    ['torch.view(x, [-1, 784])', 784, '[N, 1, 28, 28]'],
    ['torch.flatten(x, 1)', 785, '[N, 785]'],
    ['torch.flatten(x, 1)', 49, '[N, 49]'],
    ['torch.relu(x)', 784, '[N, 784]'],
  ])('are pictures where they are flattened to as many pixels: %s to %i', (value, features, shape) => {
    expect(after(`y = ${value}`, features)).toEqual([shape])
  })

  test.each([
    ['torch.transpose(h, 1, 2)'],
    ['torch.permute(h, [0, 2, 1])'],
    ['torch.bmm(h, torch.bmm(torch.transpose(h, -2, -1), h))'],
    ['torch.scaled_dot_product_attention(h, h, h)'],
  ])('are sequences where features are read first and steps after them: %s', (value) => {
    const archive = archiveWith(codeWith(`w = self.w\nh = torch.linear(x, w)\nreturn ${value}`), {
      w: weight('w', 4, 3),
    })
    expect(shapesOf(convertTorchScript(archive))).toEqual(['[N, S, 3]'])
  })

  test('are asked for where no guess can be followed', () => {
    const archive = archiveWith(codeWith('w = self.w\nh = torch.linear(x, w)\nreturn torch.permute(h, [0, 4, 1])'), {
      w: weight('w', 4, 3),
    })
    expect(() => convertTorchScript(archive)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('--input') }),
    )
  })

  const refusing = 'if wrong:\n  ops.prim.RaiseException("no")\nelse:\n  pass\nreturn x'

  test.each([
    ['or', 'if torch.ne(s, 5):\n  wrong = True\nelse:\n  wrong = torch.ne(f, 3)', '[N, 5, 3]'],
    ['and, with what holds', 'if torch.ne(s, 5):\n  wrong = torch.eq(1, 1)\nelse:\n  wrong = False', '[N, 5, F]'],
    ['and, with what does not', 'if torch.ne(s, 5):\n  wrong = torch.eq(1, 2)\nelse:\n  wrong = False', '[N, S, F]'],
  ])('are what checks of two conditions ask for: %s', (_, check, shape) => {
    const archive = archiveWith(codeWith(`n, s, f, = torch.size(x)\n${check}\n${refusing}`))
    expect(shapesOf(convertTorchScript(archive))).toEqual([shape])
  })

  test('have one size where two must be equal', () => {
    const body = `n, s, f, = torch.size(x)\nm, t, g, = torch.size(y)\nwrong = torch.ne(s, t)\n${refusing}`
    const archive = archiveWith(codeWith(body, '', 'x: Tensor, y: Tensor'))
    expect(shapesOf(convertTorchScript(archive))).toEqual(['[N, S, F]', '[N, S, y_F]'])
  })

  test('are grey pictures where the axis of channels is taken away', () => {
    expect(shapesOf(convertTorchScript(archiveWith(codeWith('return torch.squeeze(x, 1)'))))).toEqual(['[N, 1, H, W]'])
  })

  test('are not asked for where elements of another type are read', () => {
    const body = 'y = torch.to(x, 7)\nw = self.w\nreturn torch.linear(y, w)'
    expect(() => convertTorchScript(archiveWith(codeWith(body), { w: weight('w', 4, 3) }))).toThrow(
      /holds float64, where float32 is read/,
    )
  })
})

test('of several forms of forward, the first without packed sequences that can be followed is taken', () => {
  const form = (at: number, type: string, body: string) =>
    `  def forward__${at}(self: __torch__.M, x: ${type}) -> Tensor:\n    ${body}\n`
  const code = `class M(Module):\n${form(0, '__torch__.torch.nn.utils.rnn.PackedSequence', 'return torch.neg(x)')}${form(1, 'Tensor', 'return torch.conv17d(x)')}${form(2, 'Tensor', 'return torch.relu(x)')}`
  const graph = convertTorchScript(archiveWith(code), { inputShapes: new Map([['x', [1, 2]]]) })
  expect(graph.main.nodes.map(({ operator }) => operator)).toContain('Relu')
})

test('what a program writes into a tensor by the name out is there', () => {
  const body = 'y = torch.zeros_like(x)\nz = torch.relu(x, out=y)\nreturn y'
  const graph = convertTorchScript(archiveWith(codeWith(body)), { inputShapes: new Map([['x', [1, 2]]]) })
  expect(graph.main.nodes.map(({ operator }) => operator)).toEqual(['Relu'])
})

test('dropout that is applied as in training is said to drop in training alone', () => {
  const graph = convertTorchScript(archiveWith(codeWith('return torch.dropout(x, 0.5, True)')), {
    inputShapes: new Map([['x', [1, 2]]]),
  })
  expect(graph.assumptions).toEqual([expect.stringContaining('drops in training alone')])
})

test('what training keeps of statistics is what the new ones leave', () => {
  const body = 'm = self.m\nv = self.v\nreturn torch.batch_norm(x, None, None, m, v, False, 0.25, 1e-05, True)'
  const graph = convertTorchScript(archiveWith(codeWith(body), { m: weight('m', 3), v: weight('v', 3) }), {
    inputShapes: new Map([['x', [1, 3, 4, 4]]]),
  })
  const node = graph.main.nodes.find(({ operator }) => operator === 'BatchNormalization')
  expect(node?.attributes.get('momentum')).toMatchObject({ kind: 'float', value: 0.75 })
})

test.each([
  'torch.batch_norm(x, None, None, m, v, True, 0.1, 1e-05, True)',
  'torch.instance_norm(x, None, None, m, v, True, 0.1, 1e-05, True)',
])('a normalisation that is applied as in training is said to use its running statistics: %s', (value) => {
  const attributes = { m: weight('m', 3), v: weight('v', 3) }
  const graph = convertTorchScript(archiveWith(codeWith(`m = self.m\nv = self.v\nreturn ${value}`), attributes), {
    inputShapes: new Map([['x', [1, 3, 4, 4]]]),
  })
  expect(graph.assumptions).toEqual([expect.stringContaining('uses its running statistics')])
})

test('nodes are named after the modules that write them', () => {
  const code = codeWith('a = self.a\nfc = a.fc\nreturn torch.relu((fc).forward(x, ))', LINEAR)
  const a = object('A', { fc: object('Linear', { weight: weight('a.fc.weight', 2, 3) }) })
  const graph = convertTorchScript(archiveWith(code, { a }))
  expect(graph.main.nodes.at(-1)?.name).toBe('relu')
  expect(graph.main.nodes.some(({ name }) => name.startsWith('a.fc'))).toBe(true)
})

test('weights that no node reads are kept for the count', () => {
  const body = 'w = self.w\nreturn torch.linear(x, w)'
  const graph = convertTorchScript(archiveWith(codeWith(body), { w: weight('w', 5, 7), spare: weight('spare', 2) }))
  expect(graph.unreadWeights?.map(({ name }) => name)).toEqual(['spare'])
})

test('a text of very many escapes is read', { timeout: 60_000 }, () => {
  const body = `y = "${'\\x41'.repeat(300_000)}"\nreturn torch.relu(x)`
  const options = { inputShapes: new Map([['x', [1, 2]]]) }
  expect(convertTorchScript(archiveWith(codeWith(body)), options).main.nodes.length).toBeGreaterThan(0)
})

test('no name of JavaScript is a type', () => {
  const body = 'if isinstance(x, constructor):\n  y = torch.relu(x)\nelse:\n  y = torch.tanh(x)\nreturn y'
  const graph = convertTorchScript(archiveWith(codeWith(body)), { inputShapes: new Map([['x', [1, 2]]]) })
  expect(graph.main.nodes.map(({ operator }) => operator)).toContain('Tanh')
})

test('a file that was saved in training mode is read as for inference, and says so', () => {
  const body = 'training = self.training\nif training:\n  y = torch.relu(x)\nelse:\n  y = torch.tanh(x)\nreturn y'
  const graph = convertTorchScript(archiveWith(codeWith(body), { training: script.bool(true) }))
  expect(graph.main.nodes.map(({ operator }) => operator)).toEqual(['Tanh'])
  expect(graph.assumptions).toEqual(['the file was saved in training mode: it is read as after eval()'])
})

describe('what a program may not do is refused in one line', () => {
  /** Pairs of pairs of pairs: 2^60 numbers in 60 lines. */
  const doubled = (name: string) =>
    [
      `${name}0 = (1, 1)`,
      ...Array.from({ length: 59 }, (_, at) => `${name}${at + 1} = (${name}${at}, ${name}${at})`),
    ].join('\n')
  const recursion = 'def f(x: Tensor) -> Tensor:\n  return __torch__.f(x, )\n'
  test.each([
    ['calling itself without end', 'return __torch__.f(x, )', recursion, 'E_TORCH_SCRIPT'],
    ['turning without end', 'y = True\nwhile y:\n  pass\nreturn x', '', 'E_TORCH_SCRIPT'],
    ['turning very often', 'for i in range(99999999999):\n  pass\nreturn x', '', 'E_TORCH_SCRIPT'],
    ['a list that doubles', 'y = [x]\nwhile True:\n  y = torch.add(y, y)\nreturn x', '', 'E_TORCH_SCRIPT'],
    ['a long list', 'y = torch.mul([x], 99999999999)\nreturn x', '', 'E_TORCH_SCRIPT'],
    ['a text that doubles', 'y = "a"\nwhile True:\n  y = torch.format("{}{}", y, y)\nreturn x', '', 'E_TORCH_WORK'],
    ['a list that holds itself', 'y = [x]\nz = torch.append(y, y)\nreturn torch.format("{}", y)', '', 'E_TORCH_OUTPUT'],
    ['an error of its own', 'ops.prim.RaiseException("not today")\nreturn x', '', 'E_TORCH_RAISED'],
    ['an unknown operator', 'return torch.no_such_operator(x)', '', 'E_TORCH_OPERATOR'],
    ['an operator of another library', 'return ops.torchvision.nms(x, x, 0.5)', '', 'E_TORCH_OPERATOR'],
    ['an unknown variable', 'return y', '', 'E_TORCH_CODE'],
    ['an unknown attribute', 'y = self.y\nreturn y', '', 'E_TORCH_CODE'],
    ['an unknown method', 'return (self).backward(x, )', '', 'E_TORCH_CODE'],
    ['an unknown function', 'return __torch__.nothing(x, )', '', 'E_TORCH_CODE'],
    ['an unknown constant', 'return CONSTANTS.c0', '', 'E_TORCH_CODE'],
    ['too many arguments', 'return (self).forward(x, x, x, )', '', 'E_TORCH_CODE'],
    ['an index outside of a list', 'y = [x]\nreturn y[1]', '', 'E_TORCH_SCRIPT'],
    ['a list that is returned with itself in it', 'y = [x]\nz = torch.append(y, y)\nreturn y', '', 'E_TORCH_OUTPUT'],
    ['lists that hold each other very often', `${doubled('y')}\nreturn y59`, '', 'E_TORCH_OUTPUT'],
    ['comparing such', `${doubled('y')}\n${doubled('z')}\nw = torch.eq(y59, z59)\nreturn x`, '', 'E_TORCH_SCRIPT'],
    ['a chain of very many attributes', `y = x${'.a'.repeat(1000)}\nreturn y`, '', 'E_TORCH_CODE'],
    ['a string that is never closed', 'y = "abc\nreturn x', '', 'E_TORCH_CODE'],
    ['returning no tensor', 'return 3', '', 'E_TORCH_OUTPUT'],
    ['taking two values for three', 'y, z, u, = [x, x]\nreturn y', '', 'E_TORCH_SCRIPT'],
    ['a division by nothing', 'return torch.add(x, torch.floordiv(1, 0))', '', 'E_DIMENSION_ZERO'],
  ])('%s', (_, body, rest, code) => {
    const archive = archiveWith(codeWith(body, rest))
    expect(refusalOf(() => convertTorchScript(archive, { inputShapes: new Map([['x', [1, 2]]]) }))).toBe(code)
  })

  test('thousands of inputs', () => {
    const parameters = Array.from({ length: 5000 }, (_, at) => `x${at}: Tensor`).join(', ')
    expect(refusalOf(() => convertTorchScript(archiveWith(codeWith('return x0', '', parameters))))).toBe(
      'E_TORCH_INPUT',
    )
  })

  test('attempts that take very long together', { timeout: 60_000 }, () => {
    const inputs = Array.from({ length: 30 }, (_, at) => `a${at}`)
    const slow = 'for i in range(20):\n  for j in range(9000):\n    k = torch.add(j, 1)'
    const body = `${slow}\n${inputs.map((name) => `y = torch.max_pool2d(${name}, [2, 2])`).join('\n')}\nreturn y`
    const parameters = inputs.map((name) => `${name}: Tensor`).join(', ')
    expect(refusalOf(() => convertTorchScript(archiveWith(codeWith(body, '', parameters))))).toBe('E_TORCH_WORK')
  })

  test.each([
    ['constants that are made again and again', 'y = torch.arange(1000000)'],
    ['parts without number', 'y = torch.tensor_split(torch.zeros([60000]), 60000, 0)'],
    ['views in views', 'z = torch.select(torch.unsqueeze(z, 0), 0, 0)'],
    [
      'writing through many views',
      `${'z = torch.select(torch.unsqueeze(z, 0), 0, 0)\n  '.repeat(9)}u = torch.add_(z, 1)`,
    ],
  ])('%s', { timeout: 60_000 }, (_, statement) => {
    const body = `z = torch.relu(x)\nfor i in range(10000):\n  ${statement}\nreturn z`
    const archive = archiveWith(codeWith(body))
    expect(refusalOf(() => convertTorchScript(archive, { inputShapes: new Map([['x', [1, 2]]]) }))).toBe('E_TORCH_WORK')
  })

  test('a module without forward', () => {
    const archive = archiveWith('class M(Module):\n  def encode(self, x: Tensor) -> Tensor:\n    return x\n')
    expect(refusalOf(() => convertTorchScript(archive))).toBe('E_TORCH_FORWARD')
  })

  test('an input that is no tensor', () => {
    const archive = archiveWith(codeWith('return x', '', 'x: Dict[str, Tensor]'))
    expect(refusalOf(() => convertTorchScript(archive))).toBe('E_TORCH_INPUT')
  })
})
