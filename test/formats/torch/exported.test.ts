/** Files of `torch.export.save`, against what PyTorch computes with the same modules. */
import { describe, expect, test } from 'vitest'
import { inspectModel } from '../../../benchmarks/inspection.js'
import { ModelFactory } from '../../../formats/factory.js'
import { returnedValue } from '../../../formats/torch/exported/output-tree.js'
import { parseSize } from '../../../formats/torch/exported/size-expression.js'
import { int } from '../../../formats/torch/script-value.js'
import { formatDimension } from '../../../src/graph/dimension.js'
import { temporaryFolder } from '../../helpers/temporary-folder.js'
import { changedTorchFile, GOLDEN, torchFile, wrongOutputs } from '../../helpers/torch-files.js'

const folder = temporaryFolder()
const open = (path: string, options = {}) => ModelFactory.withPredefinedFormats().open(path, options)

describe('a program', () => {
  test('computes what PyTorch computes', async () => {
    const model = await open(torchFile('program.pt2'))
    expect(await wrongOutputs(model, { image: GOLDEN.input }, { output: GOLDEN.output })).toEqual([])
  })

  test('has PyTorch’s parameters, by their names', async () => {
    const { counts, model } = await inspectModel({ model: torchFile('program.pt2') })
    const { trainable, frozen, buffers } = GOLDEN
    expect(model.format).toBe('torch-export')
    expect(counts?.parameters).toMatchObject({ trainable, nonTrainable: frozen + buffers })
    const { graph } = await open(torchFile('program.pt2'))
    expect(graph?.main.initializers.get('stem.0.weight')?.shape).toEqual([4, 3, 3, 3])
  })

  test('leaves the batch free, and says what it was exported for', async () => {
    const model = await open(torchFile('program.pt2'))
    const [input] = model.inputs
    const shape = input?.type?.kind === 'tensor' ? input.type.shape : undefined
    expect(shape?.map(formatDimension)).toEqual(['N', '3', '8', '8'])
    expect(model.graph?.assumptions).toEqual(['the file was exported for N from 1 to 64'])
  })

  test('keeps batch normalisation and the names of modules', async () => {
    const { graph } = await open(torchFile('program.pt2'))
    const nodes = graph?.main.nodes.map(({ operator, name }) => `${operator} ${name}`)
    expect(nodes).toEqual(expect.arrayContaining(['Conv stem.0', 'BatchNormalization stem.1']))
  })
})

describe('a program of free sizes, inner graphs and structured outputs', () => {
  test('computes what PyTorch computes', async () => {
    const { inputs, outputs } = GOLDEN.structured
    expect(await wrongOutputs(await open(torchFile('structured.pt2')), inputs, outputs)).toEqual([])
  })

  test('names its outputs by the keys of the dict', async () => {
    const model = await open(torchFile('structured.pt2'))
    expect(model.outputs.map(({ name }) => name)).toEqual(['scores', 'rest_0', 'rest_1'])
  })
})

describe('a size of the file', () => {
  const read = (text: string): string | undefined => {
    const size = parseSize(text, (name) => (name === 's0' ? 'N' : name))
    return size === undefined ? undefined : formatDimension(size)
  }

  test.each([
    ['Integer(7)', '7'],
    ["Symbol('s0', positive=True, integer=True)", 'N'],
    ["Mul(Integer(2), Symbol('s0', integer=True))", '2*N'],
    ["Add(Mul(Integer(-1), Symbol('s1')), Integer(3))", '-s1 + 3'],
    ["FloorDiv(Symbol('s1'), Integer(2))", 'floor(s1 / 2)'],
    ["Max(Integer(7), Symbol('s1'))", 'max(7, s1)'],
    ["Pow(Symbol('s1'), Integer(2))", 's1*s1'],
  ])('is read: %s', (text, expected) => {
    expect(read(text)?.replaceAll(' ', '')).toBe(expected.replaceAll(' ', ''))
  })

  test.each([
    ['an operation that is not known', 'Sin(Integer(1))'],
    ['no expression', 'import os'],
    ['what does not end', 'Mul(Integer(2), '],
    ['something behind its end', 'Integer(2) Integer(3)'],
    ['a division by nothing', 'FloorDiv(Integer(2), Integer(0))'],
    ['a name that is none', "Symbol('')"],
    ['a power without end', "Pow(Symbol('s1'), Integer(1000000))"],
    ['a thousand brackets', `${'Add('.repeat(1000)}Integer(1)${')'.repeat(1000)}`],
    ['a text of a megabyte', 'Add('.repeat(2 ** 18)],
  ])('is passed over: %s', (_, text) => {
    expect(read(text)).toBeUndefined()
  })
})

test('a size of powers of powers is refused', () => {
  const sum = `Add(${[...'abcdefgh'].map((name) => `Symbol('${name}')`).join(', ')})`
  const power = `Pow(Pow(${sum}, Integer(8)), Integer(8))`
  const error = expect.objectContaining({ code: 'E_DIMENSION_TOO_LONG' })
  expect(() => parseSize(power, (name) => name)).toThrow(error)
})

describe('what a program returns', () => {
  const leaf = '{"type": null, "context": null, "children_spec": []}'
  const node = (type: string, context: string, ...children: readonly string[]) =>
    `{"type": "${type}", "context": ${JSON.stringify(context)}, "children_spec": [${children.join(', ')}]}`

  test('has the keys of its dicts', () => {
    const tree = `[1, ${node('builtins.dict', '["a", "b"]', leaf, node('builtins.tuple', 'null', leaf))}]`
    expect(returnedValue(tree, [int(1), int(2)])).toEqual({
      kind: 'dict',
      entries: new Map<string, unknown>([
        ['a', int(1)],
        ['b', { kind: 'tuple', items: [int(2)] }],
      ]),
    })
  })

  test.each([
    ['is no JSON', '['],
    ['has too few leaves', `[1, ${leaf}]`],
    ['has too many', `[1, ${node('builtins.tuple', 'null', leaf, leaf, leaf)}]`],
    ['holds itself for ever', `[1, ${'{"type": "t", "children_spec": ['.repeat(200)}${']}'.repeat(200)}]`],
  ])('is a tuple where the tree %s', (_, tree) => {
    expect(returnedValue(tree, [int(1), int(2)])).toEqual({ kind: 'tuple', items: [int(1), int(2)] })
  })
})

describe('what cannot be converted is named, and its parameters are counted', () => {
  const path = changedTorchFile('program.pt2', folder, (name, content) =>
    name.endsWith('model.json') ? replaced(content, 'aten.conv2d.', 'aten.conv17d.') : content,
  )

  test('in an inspection', async () => {
    const { counts, missing } = await inspectModel({ model: path })
    expect(counts?.parameters.total).toBe(GOLDEN.trainable + GOLDEN.frozen + GOLDEN.buffers)
    expect(missing[0]?.reason).toMatch(/"torch\.ops\.aten\.conv17d\.default".*torch\.onnx\.export/)
  })
})

const replaced = (content: Buffer, from: string, to: string): Buffer =>
  Buffer.from(content.toString('utf8').replaceAll(from, to))

describe('a file that cannot be read is refused', () => {
  type Change = (name: string, content: Buffer) => Buffer | undefined
  const inProgram =
    (from: string, to: string): Change =>
    (name, content) =>
      name.endsWith('/model.json') ? replaced(content, from, to) : content
  const without =
    (ending: string): Change =>
    (name, content) =>
      name.endsWith(ending) ? undefined : content

  test.each<[string, string, Change]>([
    ['of a schema of the future', 'E_TORCH_EXPORT_VERSION', inProgram('"major": 8', '"major": 9')],
    ['of the form before PyTorch 2.9', 'E_TORCH_EXPORT_VERSION', without('_weights_config.json')],
    ['without a program', 'E_TORCH_EXPORT_VERSION', without('models/model.json')],
    ['without a weight', 'E_TORCH_TENSOR', without('weight_0')],
    ['with a weight that is not listed', 'E_TORCH_EXPORT', inProgram('"stem.0.weight"', '"lost"')],
    [
      'that reads what nothing defines',
      'E_TORCH_EXPORT',
      inProgram('{"name": "p_head_weight"}}, "kind"', '{"name": "lost"}}, "kind"'),
    ],
    ['whose program is no JSON', 'E_TORCH_EXPORT', inProgram('{"graph_module"', '{graph_module')],
    ['whose calls are no list', 'E_TORCH_EXPORT', inProgram('"nodes": [', '"nodes": 7, "calls": [')],
  ])('%s', async (_, code, change) => {
    const path = changedTorchFile('program.pt2', folder, change)
    await expect(open(path)).rejects.toMatchObject({ code, hint: expect.any(String) })
  })

  test('of the form before PyTorch 2.8', async () => {
    const path = changedTorchFile('program.pt2', folder, (name) =>
      name.endsWith('/archive_format') ? Buffer.from('pt2') : undefined,
    )
    await expect(open(path)).rejects.toMatchObject({ code: 'E_TORCH_EXPORT_VERSION' })
  })
})
