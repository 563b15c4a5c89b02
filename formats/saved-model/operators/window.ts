/**
 * Strides, dilations and padding of convolutions and poolings.
 *
 * @see https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
 */
import { ints, text } from '../../../src/graph/attributes.js'
import type { Attributes as OnnxAttributes } from '../../../src/graph/builder.js'
import type { Dimension } from '../../../src/graph/dimension.js'
import type { Value } from '../../emission/value.js'
import type { Flow } from '../flow.js'
import { Flow as FlowOf } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { cannotConvert, inputAt, type Operation } from '../operation.js'

/** @returns whether the operation itself has channels first */
export function hasChannelsFirst({ attributes }: Operation): boolean {
  return attributes.text('data_format', 'NHWC').startsWith('NC')
}

/** @returns the input with channels first, however the operation has it */
export function pictureOf(operation: Operation, emitter: FlowEmitter, index = 0): Value {
  const flow = inputAt(operation, index)
  return hasChannelsFirst(operation) ? emitter.plain(flow) : emitter.channelsFirst(flow)
}

/** @returns the result in the order that the operation gives it */
export function asPicture(operation: Operation, value: Value): Flow {
  const origin = { operator: operation.operator, inputs: operation.inputs, operation }
  return new FlowOf(hasChannelsFirst(operation) ? { plain: value } : { channelsFirst: value }, origin)
}

/** @returns the entries for the spatial axes of a list with one entry per axis */
export function spatial(operation: Operation, name: string, fallback: readonly number[]): readonly number[] {
  const list = operation.attributes.ints(name)
  if (list.length === 0) return fallback
  return hasChannelsFirst(operation) ? list.slice(2) : list.slice(1, -1)
}

/** @returns sizes of the spatial axes of an input, `undefined` where they are not known */
export function spatialSizes(operation: Operation, index = 0): readonly (Dimension | undefined)[] | undefined {
  const { shape } = inputAt(operation, index)
  if (shape === undefined) return undefined
  return hasChannelsFirst(operation) ? shape.slice(2) : shape.slice(1, -1)
}

/** Strides, dilations and padding as ONNX attributes. */
export function windowAttributes(operation: Operation, kernel: readonly number[]): OnnxAttributes {
  const ones = kernel.map(() => 1)
  const strides = spatial(operation, 'strides', ones)
  const dilations = spatial(operation, 'dilations', ones)
  const shared = { kernel_shape: ints(kernel), strides: ints(strides) }
  const spread = dilations.some((size) => size !== 1) ? { dilations: ints(dilations) } : {}
  return { ...shared, ...spread, ...padding(operation, kernel, strides, dilations) }
}

function padding(
  operation: Operation,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): OnnxAttributes {
  switch (operation.attributes.text('padding', 'VALID')) {
    case 'VALID':
      return {}
    case 'EXPLICIT': {
      const pairs = operation.attributes.ints('explicit_paddings')
      const own = hasChannelsFirst(operation) ? pairs.slice(4) : pairs.slice(2, -2)
      return pads(
        kernel.map((_, axis) => own[2 * axis] ?? 0),
        kernel.map((_, axis) => own[2 * axis + 1] ?? 0),
      )
    }
    case 'SAME':
      return samePadding(spatialSizes(operation), kernel, strides, dilations)
    default:
      throw cannotConvert(operation, `its padding is ${operation.attributes.text('padding', '')}`)
  }
}

/** One more at the end where the sum is odd; where a size is not known, ONNX computes the same in the run. */
function samePadding(
  sizes: readonly (Dimension | undefined)[] | undefined,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): OnnxAttributes {
  const totals = kernel.map((width, axis) => {
    const [size, stride] = [sizes?.[axis], strides[axis] ?? 1]
    const reach = (width - 1) * (dilations[axis] ?? 1) + 1
    if (stride === 1) return reach - 1
    if (typeof size !== 'number') return undefined
    return Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0)
  })
  const known = totals.filter((total) => total !== undefined)
  if (known.length < totals.length) return { auto_pad: text('SAME_UPPER') }
  const before = known.map((total) => Math.floor(total / 2))
  return pads(
    before,
    known.map((total, axis) => total - (before[axis] ?? 0)),
  )
}

function pads(before: readonly number[], after: readonly number[]): OnnxAttributes {
  return [...before, ...after].some((size) => size !== 0) ? { pads: ints([...before, ...after]) } : {}
}
