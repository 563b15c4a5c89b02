/** What is computed before the run, and sizes that are written as values of the run. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_CONSTANT } from '../../../formats/torch/folding/constant-tensor.js'
import { ProgramWork } from '../../../formats/torch/program-work.js'
import { TorchEmitter } from '../../../formats/torch/torch-emitter.js'
import { onnxRuntimeEngine } from '../../../src/engines/onnxruntime.js'
import { int, ints } from '../../../src/graph/attributes.js'
import { add, type Dimension, evaluate, floorDivide, max, min, multiply, symbol } from '../../../src/graph/dimension.js'
import { modelOf } from '../../helpers/engine-comparison.js'

/** Operators that were written, beside the one that names the output. */
function nodesOf(emitter: TorchEmitter): readonly string[] {
  emitter.output('y', emitter.input('x', { kind: 'tensor', dtype: 'float32', shape: [1] }))
  const { main } = emitter.build({ name: '', version: '' })
  return main.nodes.flatMap(({ operator }) => (operator === 'Identity' ? [] : [operator]))
}

describe('a node that reads constants alone', () => {
  test('leaves no node behind', () => {
    const emitter = new TorchEmitter('mask')
    const zeros = emitter.emit('Expand', [emitter.numbers(0, 'float32'), emitter.numbers([2, 3])])
    const turned = emitter.emit('Transpose', [emitter.emit('Sub', [zeros, emitter.numbers([1, 2, 3], 'float32')])])
    const isOne = emitter.emit('Equal', [turned, emitter.numbers(-1, 'float32')])
    expect(emitter.contents(isOne)).toMatchObject({ dtype: 'bool', shape: [3, 2] })
    expect(Array.from(emitter.contents(isOne)?.elements ?? [])).toEqual([1, 1, 0, 0, 0, 0])
    expect(nodesOf(emitter)).toEqual([])
  })

  test('is left to the engine where it would grow large', () => {
    const emitter = new TorchEmitter('large')
    emitter.emit('Expand', [emitter.numbers(0, 'float32'), emitter.numbers([MAX_CONSTANT, 2])])
    expect(nodesOf(emitter)).toEqual(['Expand'])
  })

  test('is left to the engine where sizes that are spread over each other would grow large', () => {
    const emitter = new TorchEmitter('spread')
    const row = emitter.known({ dtype: 'float32', shape: [1, 2048], elements: new Float32Array(2048) })
    const column = emitter.known({ dtype: 'float32', shape: [2048, 1], elements: new Float32Array(2048) })
    emitter.emit('Add', [row, column])
    expect(nodesOf(emitter)).toEqual(['Add'])
  })

  test('constants that are made again and again are refused', () => {
    const emitter = new TorchEmitter('turns')
    const turn = () => emitter.known({ dtype: 'bool', shape: [2 ** 22], elements: new Uint8Array(2 ** 22) })
    expect(() => {
      for (let made = 0; made < 200; made += 1) turn()
    }).toThrow(expect.objectContaining({ code: 'E_TORCH_WORK', hint: expect.any(String) }))
  })

  test('is left to the engine where the program has computed very many', () => {
    const emitter = new TorchEmitter('work')
    let sum = emitter.known({ dtype: 'float32', shape: [MAX_CONSTANT], elements: new Float32Array(MAX_CONSTANT) })
    for (let turn = 0; turn < 50; turn += 1) sum = emitter.emit('Add', [sum, emitter.numbers(1, 'float32')])
    expect(emitter.contents(sum)).toBeUndefined()
    expect(new Set(nodesOf(emitter))).toEqual(new Set(['Add']))
  })

  test.each([
    ['Gather', [1, 1000], [65_536]],
    ['Concat', [MAX_CONSTANT], [MAX_CONSTANT]],
  ])('is left to the engine before its result grows large: %s', (operator, shape, other) => {
    const emitter = new TorchEmitter('result')
    const zeros = (sizes: readonly number[]) => {
      const elements = new Float64Array(sizes.reduce((count, size) => count * size, 1))
      return emitter.known({ dtype: 'int64', shape: sizes, elements })
    }
    emitter.emit(operator, [zeros(shape), zeros(other)], { axis: int(0) })
    expect(nodesOf(emitter)).toEqual([operator])
  })

  test('holds what its type holds', () => {
    const emitter = new TorchEmitter('narrow')
    const sum = emitter.emit('Add', [emitter.numbers([100, -100], 'int8'), emitter.numbers([100, -100], 'int8')])
    expect(Array.from(emitter.contents(sum)?.elements ?? [])).toEqual([-56, 56])
    expect(nodesOf(emitter)).toEqual([])
  })

  test('a walk that starts over may do as much again, but not for ever', () => {
    const work = new ProgramWork()
    const walk = () => {
      work.startOver()
      work.spend(2_000_000)
    }
    for (let walks = 0; walks < 3; walks += 1) walk()
    expect(walk).toThrow(expect.objectContaining({ code: 'E_TORCH_WORK' }))
  })

  test('is left to the engine where whole numbers grow beyond what is exact', () => {
    const emitter = new TorchEmitter('wide')
    const product = emitter.emit('Mul', [emitter.numbers([1, 2, 3]), emitter.numbers(2 ** 53 - 1)])
    emitter.emit('Mod', [product, emitter.numbers(1_000_003)])
    expect(nodesOf(emitter)).toEqual(['Mul', 'Mod'])
  })

  test('is left to the engine where machines round apart', () => {
    const emitter = new TorchEmitter('sine')
    emitter.emit('Sin', [emitter.numbers([1, 2], 'float32')])
    expect(nodesOf(emitter)).toEqual(['Sin'])
  })

  test('is left to the engine where whole numbers are divided by 0', () => {
    const emitter = new TorchEmitter('zero')
    emitter.emit('Div', [emitter.numbers([1]), emitter.numbers([0])])
    expect(nodesOf(emitter)).toEqual(['Div'])
  })

  test('a mask that is made of numbers is no weight', () => {
    const emitter = new TorchEmitter('mask')
    const mask = emitter.emit('Expand', [emitter.numbers(-100, 'float32'), emitter.numbers([4, 4])])
    expect(mask.initializer).toMatchObject({ trainable: false, storedElements: 0 })
  })

  test('a weight is none of them', () => {
    const emitter = new TorchEmitter('weight')
    const weight = { ...emitter.numbers([1, 2], 'float32') }
    const trained = emitter.constant({ ...(weight.initializer ?? never()), name: 'w', trainable: true })
    emitter.emit('Transpose', [trained], { perm: ints([0]) })
    expect(nodesOf(emitter)).toEqual(['Transpose'])
  })
})

function never(): never {
  throw new Error('a constant without an initializer')
}

describe('a free size as a value of the run', () => {
  const [batch, height] = [symbol('N'), symbol('H')]
  const whole = fc.integer({ min: 1, max: 9 })
  const expressions: fc.Arbitrary<Dimension> = fc.letrec<{ size: Dimension }>((tie) => ({
    size: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<Dimension>(batch, height),
      fc.tuple(tie('size'), whole).map(([left, right]) => add(left, right)),
      fc.tuple(tie('size'), whole).map(([left, right]) => add(left, -right)),
      fc.tuple(tie('size'), tie('size')).map(([left, right]) => multiply(left, right)),
      fc.tuple(tie('size'), whole).map(([left, right]) => floorDivide(left, right)),
      fc.tuple(tie('size'), tie('size')).map(([left, right]) => max(left, right)),
      fc.tuple(tie('size'), tie('size')).map(([left, right]) => min(left, right)),
    ),
  })).size

  test('is what the expression says', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(expressions, { minLength: 1, maxLength: 3 }), whole, whole, async (sizes, n, h) => {
        const emitter = new TorchEmitter('sizes')
        emitter.input('x', { kind: 'tensor', dtype: 'float32', shape: [batch, 2, height] })
        const list = emitter.sizes(sizes) ?? never()
        expect(list.known.elements).toEqual(sizes)
        emitter.output('y', list)
        const names = new Map([
          ['N', n],
          ['H', h],
        ])
        expect(await numbersFrom(emitter, [n, 2, h])).toEqual(sizes.map((size) => evaluate(size, names)))
      }),
      { numRuns: 25, seed: 5 },
    )
  })

  test('that no tensor shows cannot be written', () => {
    const emitter = new TorchEmitter('unknown')
    expect(emitter.sizes([symbol('T')])).toBeUndefined()
  })

  test('that only the run tells is read where it first shows', async () => {
    const emitter = new TorchEmitter('places')
    const x = emitter.input('x', { kind: 'tensor', dtype: 'float32', shape: [3] })
    const found = emitter.emit('NonZero', [x])
    const sizes = found.known.type?.kind === 'tensor' ? (found.known.type.shape ?? []) : []
    emitter.output('y', emitter.sizes([sizes[1] ?? 0, 7]) ?? never())
    expect(await numbersFrom(emitter, [3])).toEqual([3, 7])
  })

  test('is the number that a tensor holds where it is bound to it', async () => {
    const emitter = new TorchEmitter('bound')
    const x = emitter.input('x', { kind: 'tensor', dtype: 'float32', shape: [batch] })
    const size = emitter.unknownDimension('item')
    emitter.bind(size, emitter.emit('ReduceSum', [x], { keepdims: int(0) }))
    emitter.output('y', emitter.sizes([multiply(size, 2)]) ?? never())
    expect(await numbersFrom(emitter, [4])).toEqual([8])
  })
})

/** Runs the graph on ones. */
async function numbersFrom(emitter: TorchEmitter, shape: readonly number[]): Promise<readonly number[]> {
  const session = await onnxRuntimeEngine().load(modelOf(emitter.build({ name: '', version: '' })), { threads: 1 })
  try {
    const count = shape.reduce((product, size) => product * size, 1)
    const run = session.bind(new Map([['x', { dtype: 'float32', shape, data: new Float32Array(count).fill(1) }]]))
    await run.run()
    const [output] = [...run.outputs().values()]
    return Array.from(output?.data ?? [], Number)
  } finally {
    await session.close()
  }
}
