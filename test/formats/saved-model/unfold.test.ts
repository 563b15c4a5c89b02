import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../../formats/factory.js'
import { GreenbenchError } from '../../../src/core/errors.js'
import { seededRandom } from '../../../src/core/random.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import { countGraph } from '../../../src/operators/count.js'
import {
  attribute,
  constant,
  functionOf,
  library,
  node,
  runOnce,
  savedModel,
  signature,
  TYPE,
  textConstant,
  writeSavedModel,
} from '../../helpers/saved-model.js'

const slots = [{ x: { tensor: 'x:0', shape: [-1] } }, { y: { tensor: 'y:0', shape: [-1] } }] as const
const placeholder = node('Placeholder', 'x', [], [attribute.type('dtype', TYPE.float)])
const call = (name: string, target: string, inputs: readonly string[], field = 1) =>
  node('StatefulPartitionedCall', name, inputs, [attribute.callee('f', target)], field)
const modelOf = (...graph: readonly Uint8Array[]) =>
  savedModel([placeholder, ...graph], signature('serving_default', ...slots))
const open = (content: Uint8Array, variables?: Parameters<typeof writeSavedModel>[1]) =>
  ModelFactory.withPredefinedFormats().open(writeSavedModel(content, variables))
const x: Tensor = { dtype: 'float32', shape: [2], data: Float32Array.of(1, -2) }
const run = async (...graph: readonly Uint8Array[]) => runOnce(await open(modelOf(...graph)), { x })
const flag = (name: string, value: boolean) => constant(name, [], [value ? 1 : 0], TYPE.bool)
const number = (name: string, value: number, control: readonly string[] = []) =>
  control.length === 0
    ? constant(name, [], [value])
    : node('Const', name, control, [attribute.tensor('value', Buffer.from('080112002d', 'hex'), floatBytes(value))])

function floatBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}

/** `negate(a) = -a`; `both(a, b) = [negate(a), a - b]`. */
const negate = functionOf('negate', ['a'], { out: 'Neg:y:0' }, [node('Neg', 'Neg', ['a'], [], 3)])
const both = functionOf('both', ['a', 'b'], { first: 'inner:output:0', second: 'Sub:z:0' }, [
  call('inner', 'negate', ['a'], 3),
  node('Sub', 'Sub', ['a', 'b'], [], 3),
])

describe('functions', () => {
  test('are unfolded, each call with its own arguments', async () => {
    const graph = [
      library(negate, both),
      call('call', 'both', ['x', 'two']),
      number('two', 2),
      call('again', 'both', ['call:1', 'call']),
      node('Identity', 'y', ['again:1']),
    ]
    // (x - 2) - (-x) = 2x - 2
    expect(await run(...graph)).toEqual([0, -6])
  })

  test('may be called by their name as operators', async () => {
    expect(await run(library(negate), node('negate', 'y', ['x']))).toEqual([-1, 2])
  })

  test('that call themselves end in one line', async () => {
    const loop = functionOf('loop', ['a'], { out: 'inner:output:0' }, [call('inner', 'loop', ['a'], 3)])
    await expect(open(modelOf(library(loop), call('y', 'loop', ['x'])))).rejects.toMatchObject({
      code: 'E_TF_RECURSION',
    })
  })

  test('that call each other twice and twice again are not unfolded for ever', async () => {
    const twice = (level: number) =>
      functionOf(`f${level}`, ['a'], { out: 'second:output:0' }, [
        call('first', `f${level + 1}`, ['a'], 3),
        call('second', `f${level + 1}`, ['first:output:0'], 3),
      ])
    const levels = Array.from({ length: 40 }, (_, level) => twice(level))
    const end = functionOf('f40', ['a'], { out: 'Neg:y:0' }, [node('Neg', 'Neg', ['a'], [], 3)])
    await expect(open(modelOf(library(...levels, end), call('y', 'f0', ['x'])))).rejects.toMatchObject({
      code: 'E_TF_TOO_LARGE',
    })
  })

  test('that are not there are named', async () => {
    await expect(open(modelOf(call('y', 'nowhere', ['x'])))).rejects.toMatchObject({ code: 'E_TF_FUNCTION' })
  })

  test.each(['toString', '__proto__'])('may hold an operator called %s, which is refused by name', async (operator) => {
    const body = [node(operator, 'odd', ['a'], [], 3), node('Neg', 'neg', ['odd:out:0'], [], 3)]
    const odd = functionOf('odd', ['a'], { out: 'neg:y:0' }, body)
    const { graph, tensorFlow } = await open(modelOf(library(odd), call('y', 'odd', ['x'])))
    expect(graph).toBeUndefined()
    expect(tensorFlow?.refusal).toMatchObject({ code: 'E_TF_OPERATOR', message: expect.stringContaining(operator) })
  })
})

describe('control flow', () => {
  const branches = (condition: Uint8Array) => [
    condition,
    node('Switch', 'switch', ['x', 'condition']),
    node('Neg', 'no', ['switch']),
    node('Frobnicate', 'yes', ['switch:1']),
    node('Merge', 'y', ['no', 'yes']),
  ]

  test('a branch that is never taken is left out, whatever it holds', async () => {
    expect(await run(...branches(flag('condition', false)))).toEqual([-1, 2])
    const model = await open(modelOf(...branches(flag('condition', true))))
    expect(model.tensorFlow?.refusal.code).toBe('E_TF_OPERATOR')
  })

  test('the default of a placeholder decides', async () => {
    const condition = [flag('training', false), node('PlaceholderWithDefault', 'condition', ['training'])]
    expect(await run(...condition, ...branches(Buffer.alloc(0)))).toEqual([-1, 2])
  })

  test('constants belong to the branch on which they wait', async () => {
    const graph = [
      flag('condition', true),
      node('Switch', 'switch', ['condition', 'condition']),
      node('Identity', 'pivot_no', ['switch']),
      node('Identity', 'pivot_yes', ['switch:1']),
      number('no', 5, ['^pivot_no']),
      number('yes', 7, ['^pivot_yes']),
      node('Merge', 'merged', ['no', 'yes']),
      node('Mul', 'y', ['x', 'merged']),
    ]
    expect(await run(...graph)).toEqual([7, -14])
  })

  test('If takes the branch that a constant chooses', async () => {
    const choose = [attribute.callee('then_branch', 'negate'), attribute.callee('else_branch', 'same')]
    const same = functionOf('same', ['a'], { out: 'a' }, [])
    const graph = (value: boolean) => [
      library(negate, same),
      flag('condition', value),
      node('StatelessIf', 'y', ['condition', 'x'], choose),
    ]
    expect([await run(...graph(true)), await run(...graph(false))]).toEqual([
      [-1, 2],
      [1, -2],
    ])
  })

  test('a loop of TensorFlow 1 is refused as such', async () => {
    const graph = [
      node('Enter', 'enter', ['x']),
      node('Merge', 'merge', ['enter', 'next']),
      node('Switch', 'switch', ['merge', 'going']),
      node('NextIteration', 'next', ['switch:1']),
      flag('going', true),
      node('Exit', 'y', ['switch']),
    ]
    expect((await open(modelOf(...graph))).tensorFlow?.refusal).toMatchObject({
      code: 'E_TF_OPERATOR',
      message: expect.stringContaining('Enter'),
    })
  })

  test('a condition of the run is refused by name', async () => {
    const graph = [number('zero', 0), node('Greater', 'condition', ['x', 'zero']), ...branches(Buffer.alloc(0))]
    expect((await open(modelOf(...graph))).tensorFlow?.refusal).toMatchObject({
      code: 'E_TF_CONTROL_FLOW',
      message: expect.stringContaining('Switch "switch"'),
      hint: expect.stringMatching(/./),
    })
  })
})

describe('variables', () => {
  const read = [
    node('VarHandleOp', 'handle', [], [attribute.text('shared_name', 'layer/kernel')]),
    node('ReadVariableOp', 'value', ['handle']),
    node('Mul', 'y', ['x', 'value']),
  ]
  const values = {
    'layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE': { shape: [2], values: [3, 5] },
    other: { shape: [2], values: [0, 0] },
  }

  test('get the value that the restore function assigns', async () => {
    const restore = functionOf('restore', ['prefix', 'resource'], { out: 'prefix' }, [
      restoreNames('layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE'),
      node('RestoreV2', 'RestoreV2', ['prefix', 'names:output:0', 'names:output:0'], [], 3),
      node('Identity', 'Identity', ['RestoreV2:tensors:0'], [], 3),
      node('AssignVariableOp', 'assign', ['resource', 'Identity:output:0'], [], 3),
    ])
    const graph = [library(restore), ...read, call('restore_all', 'restore', ['prefix', 'handle'])]
    expect(await runOnce(await open(modelOf(...graph), values), { x })).toEqual([3, -10])
  })

  test('get the value that the main graph assigns', async () => {
    const graph = [
      node('VariableV2', 'v'),
      textConstant('names', ['missing', 'other/key']),
      node('RestoreV2', 'restore', ['prefix', 'names', 'names']),
      node('Assign', 'assign', ['v', 'restore:1']),
      node('Mul', 'y', ['x', 'v']),
    ]
    expect(
      await runOnce(await open(modelOf(...graph), { 'other/key': { shape: [2], values: [7, 1] } }), { x }),
    ).toEqual([7, -2])
  })

  test('are the parameters, a constant vector beside them is none', async () => {
    const graph = [
      node('VariableV2', 'v'),
      constant('mean', [2], [1, 2]),
      node('Sub', 'centred', ['x', 'mean']),
      node('Mul', 'y', ['centred', 'v']),
    ]
    const { graph: found } = await open(modelOf(...graph), { v: { shape: [2], values: [3, 5] } })
    expect(found && countGraph(found).counts.parameters.total).toBe(2)
  })

  test('that were not saved are named', async () => {
    await expect(open(modelOf(...read), { other: values.other })).rejects.toMatchObject({
      code: 'E_CHECKPOINT_KEY',
      message: expect.stringContaining('layer/kernel'),
    })
  })

  function restoreNames(name: string): Buffer {
    const [first] = [textConstant('names', [name])]
    // The same node, as a field of a function.
    return Buffer.concat([Buffer.from([(3 << 3) | 2]), first.subarray(1)])
  }
})

describe('hostile graphs', () => {
  test('a chain of twenty thousand nodes ends no stack', async () => {
    const chain = Array.from({ length: 20_000 }, (_, index) =>
      node('Neg', `n${index}`, [index === 0 ? 'x' : `n${index - 1}`]),
    )
    const { graph } = await open(modelOf(...chain, node('Identity', 'y', ['n19999'])))
    expect(graph?.main.nodes).toHaveLength(20_000)
  })

  test('a constant larger than any is refused', async () => {
    const huge = constant('huge', [2 ** 30, 2 ** 20], [])
    await expect(open(modelOf(huge, node('Mul', 'y', ['x', 'huge'])))).rejects.toMatchObject({
      code: 'E_TF_TENSOR_SIZE',
    })
  })

  test('any bytes changed give a model or an error of greenbench', async () => {
    const content = modelOf(
      library(negate, both),
      call('call', 'both', ['x', 'two']),
      number('two', 2),
      node('Identity', 'y', ['call:1']),
    )
    const random = seededRandom(3)
    for (let round = 0; round < 400; round += 1) {
      const broken = Buffer.from(content)
      for (let change = 0; change < 2; change += 1)
        broken[Math.floor(random() * broken.length)] = Math.floor(random() * 256)
      const error = await open(broken).then(
        () => undefined,
        (cause: unknown) => cause,
      )
      if (error !== undefined) expect(error).toBeInstanceOf(GreenbenchError)
      if (error instanceof GreenbenchError) expect(error.code).not.toBe('E_FORMAT_FAILED')
    }
  })
})
