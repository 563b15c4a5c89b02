/** What operators ask of inputs that the file says nothing of: the reader of a program tries again with what they name. */
import { expect, test } from 'vitest'
import { OpenRank, OpenSize } from '../../../formats/torch/open-size.js'
import { OperatorCall } from '../../../formats/torch/operator-call.js'
import { findOperator } from '../../../formats/torch/operators/table.js'
import * as script from '../../../formats/torch/script-value.js'
import { TorchEmitter } from '../../../formats/torch/torch-emitter.js'
import type { DataType } from '../../../src/graph/data-type.js'
import { add, multiply, type Shape, symbol } from '../../../src/graph/dimension.js'
import { memoryInitializer } from '../../../src/graph/memory-initializer.js'

const emitter = new TorchEmitter('open')

function weight(...shape: readonly number[]): script.ScriptTensor {
  const count = shape.reduce((product, size) => product * size, 1)
  return script.tensor(emitter.constant(memoryInitializer('weight', new Float32Array(count), shape)))
}

function input(shape: Shape | undefined, dtype: DataType = 'float32'): script.ScriptTensor {
  return script.tensor(emitter.input('x', { kind: 'tensor', dtype, shape }))
}

/** @returns what the rule throws */
function thrownBy(operator: string, ...args: readonly script.ScriptValue[]): unknown {
  try {
    return findOperator(operator)?.(new OperatorCall(operator, args), emitter)
  } catch (error) {
    return error
  }
}

test.each([
  ['linear', [weight(4, 3)], { rank: 2, sizes: new Map([[1, 3]]) }],
  ['conv2d', [weight(8, 3, 5, 5)], { rank: 4, sizes: new Map([[1, 3]]) }],
  ['conv1d', [weight(8, 4, 5)], { rank: 3, sizes: new Map([[1, 4]]) }],
  ['conv_transpose2d', [weight(8, 3, 5, 5)], { rank: 4, sizes: new Map([[1, 8]]) }],
  ['max_pool2d', [script.list([script.int(2)])], { rank: 4 }],
  ['layer_norm', [script.list([script.int(6)])], { rank: 2, sizes: new Map([[1, 6]]) }],
] as const)('%s says what it takes an input of unknown rank for', (operator, args, guess) => {
  const thrown = thrownBy(operator, input(undefined), ...args)
  expect(thrown).toBeInstanceOf(OpenRank)
  expect(thrown).toMatchObject({ guess })
})

test.each([
  ['linear', [weight(4, 3)]],
  ['conv2d', [weight(4, 3, 1, 1)]],
])('%s says which element type its weight asks for', (operator, args) => {
  const sizes = operator === 'linear' ? [2, 3] : [2, 3, 4, 4]
  expect(thrownBy(operator, input(sizes, 'float16'), ...args)).toMatchObject({ guess: { dtype: 'float32' } })
})

test.each([
  ['linear', [weight(4, 3)], [symbol('N'), symbol('F')], 3],
  ['conv2d', [weight(8, 6, 1, 1)], [symbol('N'), symbol('C'), 4, 4], 6],
  ['prelu', [weight(5)], [symbol('N'), symbol('C'), 4], 5],
  ['add', [weight(1, 17, 8)], [symbol('N'), add(multiply(symbol('H'), symbol('W')), 1), 8], 17],
  ['adaptive_avg_pool2d', [script.list([script.int(7), script.int(7)])], [symbol('N'), 3, symbol('H'), 14], 7],
])('%s says which number a free size should be', (operator, args, shape, expected) => {
  const thrown = thrownBy(operator, input(shape), ...args)
  expect(thrown).toBeInstanceOf(OpenSize)
  expect(thrown).toMatchObject({ expected })
})

test.each([
  ['the batch', [symbol('N'), 8], [4, 8]],
  ['a side beside a single one', [symbol('N'), 3, symbol('H')], [1, 3, 1]],
  ['the same side', [symbol('N'), symbol('H')], undefined],
])('adding settles no size of an input: %s', (_what, shape, other) => {
  const right = other === undefined ? input(shape) : weight(...other)
  expect(findOperator('add')?.(new OperatorCall('add', [input(shape), right]), emitter)).toMatchObject({
    kind: 'tensor',
  })
})

test('sizes that do not fit the weights are refused with both numbers', () => {
  const none = [script.NONE, script.list([script.int(1)]), script.list([script.int(0)]), script.list([script.int(1)])]
  expect(String(thrownBy('conv2d', input([1, 4, 8, 8]), weight(8, 3, 1, 1), ...none))).toContain(
    'its input has 4 channels, its weights expect 3',
  )
})
