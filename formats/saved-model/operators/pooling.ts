/** Poolings over windows, and the resizing of pictures. */
import { float, int, ints, text } from '../../../src/graph/attributes.js'
import type { Attributes } from '../../../src/graph/builder.js'
import { DATA_TYPES } from '../../../src/graph/data-type.js'
import type { Value } from '../../emission/value.js'
import { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type Conversion, type ConversionTable, inputAt, numbersAt, type Operation } from '../operation.js'
import { sizesValue } from './shape.js'
import { asPicture, hasChannelsFirst, pictureOf, spatial, windowAttributes } from './window.js'

/** Max and average pooling in two and three dimensions, and Resize in its two forms. */
export const pooling: ConversionTable = {
  MaxPool: pool('MaxPool'),
  MaxPoolV2: pool('MaxPool'),
  MaxPool3D: pool('MaxPool'),
  AvgPool: pool('AveragePool', { count_include_pad: int(0) }),
  AvgPool3D: pool('AveragePool', { count_include_pad: int(0) }),
  ResizeBilinear: resize('linear'),
  ResizeBicubic: resize('cubic'),
  ResizeNearestNeighbor: resize('nearest'),
  DepthToSpace: depthToSpace,
  SpaceToDepth: (operation, emitter) =>
    asPicture(
      operation,
      emitter.emit('SpaceToDepth', [pictureOf(operation, emitter)], {
        blocksize: int(operation.attributes.int('block_size', 1)),
      }),
    ),
}

function pool(operator: string, attributes: Attributes = {}): Conversion {
  return (given, emitter) => {
    const operation = given.operator === 'MaxPoolV2' ? withWindow(given) : given
    const { kernel_shape, ...window } = windowAttributes(operation, spatial(operation, 'ksize', [1, 1]))
    const all = { kernel_shape: kernel_shape ?? ints([1, 1]), ...window, ...attributes }
    return asPicture(operation, emitter.emit(operator, [pictureOf(operation, emitter)], all))
  }
}

/** The second version has its window among the inputs. */
function withWindow(operation: Operation): Operation {
  const window = { ksize: numbersAt(operation, 1, 'window'), strides: numbersAt(operation, 2, 'strides') }
  return { ...operation, attributes: operation.attributes.with(window) }
}

/** TensorFlow has three ways to lay the pixels of the two pictures over each other. */
function resize(mode: 'linear' | 'nearest' | 'cubic'): Conversion {
  return (operation, emitter) => {
    const { attributes } = operation
    const isHalf = attributes.bool('half_pixel_centers', false)
    const isAligned = attributes.bool('align_corners', false)
    const transformation = isAligned ? 'align_corners' : isHalf ? halfPixel(mode) : 'asymmetric'
    const flow = inputAt(operation, 0)
    const picture = mode === 'nearest' ? emitter.channelsFirst(flow) : asFloat(flow, emitter)
    const value = emitter.emit('Resize', [picture, ...target(operation, picture, emitter)], {
      mode: text(mode),
      coordinate_transformation_mode: text(transformation),
      ...(mode === 'nearest' ? { nearest_mode: text(isAligned ? 'round_prefer_ceil' : 'floor') } : {}),
      ...(mode === 'cubic' ? cubicKernel(isHalf) : {}),
    })
    return new Flow({ channelsFirst: value })
  }
}

/** Nearest neighbours by half pixels: the floor of `(i + 0.5) * scale` without the half taken off again. */
const halfPixel = (mode: string): string => (mode === 'nearest' ? 'tf_half_pixel_for_nn' : 'half_pixel')

/** By half pixels the kernel of Keys, and what lies outside does not count. */
function cubicKernel(isHalf: boolean): Attributes {
  return { cubic_coeff_a: float(isHalf ? -0.5 : -0.75), exclude_outside: int(isHalf ? 1 : 0) }
}

function asFloat(flow: Flow, emitter: FlowEmitter): Value {
  const picture = emitter.channelsFirst(flow)
  return flow.dtype === 'float32' ? picture : emitter.emit('Cast', [picture], { to: int(DATA_TYPES.float32.code) })
}

/** Scales where they are whole numbers, which engines take faster ways for; else sizes, of the run if need be. */
function target(operation: Operation, picture: Value, emitter: FlowEmitter): (Value | undefined)[] {
  const asked = inputAt(operation, 1)
  const [height, width] = inputAt(operation, 0).shape?.slice(1, -1) ?? []
  const [newHeight = 1, newWidth = 1] = asked.numbers ?? []
  if (asked.numbers !== undefined && typeof height === 'number' && typeof width === 'number') {
    const scales = [1, 1, newHeight / height, newWidth / width]
    if (scales.every(Number.isInteger)) return [undefined, emitter.numbers(scales, 'float32')]
  }
  const outer = emitter.emit('Shape', [picture], { start: int(0), end: int(2) })
  return [undefined, undefined, emitter.emit('Concat', [outer, sizesValue(asked, emitter)], { axis: int(0) })]
}

/** Both put the depth of the block first. */
function depthToSpace(operation: Operation, emitter: FlowEmitter): Flow {
  const attributes = { blocksize: int(operation.attributes.int('block_size', 1)), mode: text('DCR') }
  const value = emitter.emit('DepthToSpace', [pictureOf(operation, emitter)], attributes)
  return hasChannelsFirst(operation) ? new Flow({ plain: value }) : new Flow({ channelsFirst: value })
}
