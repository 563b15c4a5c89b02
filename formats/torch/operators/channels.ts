/** Vectors with one number for each channel, beside inputs whose channels are axis 1. */
import type { DataType } from '../../../src/graph/data-type.js'
import { product, type Shape } from '../../../src/graph/dimension.js'
import { numberInitializer, range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { OpenSize } from '../open-size.js'
import type { TorchEmitter } from '../torch-emitter.js'

/**
 * @param vector - `[C]`
 * @param spatial - how many axes come after the channels
 * @returns the same as `[C, 1, ...]`
 */
export function overChannels(vector: Value, spatial: number, emitter: TorchEmitter): Value {
  if (spatial === 0) return vector
  const [channels] = vector.initializer?.shape ?? []
  const ones = range(spatial).map(() => 1)
  if (vector.initializer !== undefined && channels !== undefined) {
    return emitter.reshaped(vector.initializer, [channels, ...ones])
  }
  return emitter.emit('Unsqueeze', [vector, emitter.numbers(ones.map((_, axis) => axis + 1))])
}

/** @returns a scale or shift that a layer leaves out and ONNX asks for: no parameter of the model */
export function filler(value: number, shape: Shape, dtype: DataType | undefined, emitter: TorchEmitter): Value {
  const sizes = shape.filter((size) => typeof size === 'number')
  const open = shape.find((size) => typeof size !== 'number')
  if (open !== undefined) throw new OpenSize(open, undefined)
  const values = new Array<number>(Number(product(sizes))).fill(value)
  const constant = numberInitializer('filler', values, sizes, dtype ?? 'float32')
  return emitter.constant({ ...constant, storedElements: 0, trainable: false })
}
