/** Poolings over windows, and the resizing of pictures. */
import { int, ints, text } from '../../../src/graph/attributes.js'
import type { Attributes } from '../../../src/graph/builder.js'
import { Flow } from '../flow.js'
import type { GraphEmitter } from '../graph-emitter.js'
import { type Conversion, type ConversionTable, inputAt, numbersAt, type Operation } from '../operation.js'
import { asPicture, hasChannelsFirst, pictureOf, spatial, windowAttributes } from './window.js'

/** Max and average pooling in two and three dimensions, and Resize in its two forms. */
export const pooling: ConversionTable = {
  MaxPool: pool('MaxPool'),
  MaxPool3D: pool('MaxPool'),
  AvgPool: pool('AveragePool', { count_include_pad: int(0) }),
  AvgPool3D: pool('AveragePool', { count_include_pad: int(0) }),
  ResizeBilinear: resize('linear'),
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
  return (operation, emitter) => {
    const { kernel_shape, ...window } = windowAttributes(operation, spatial(operation, 'ksize', [1, 1]))
    const all = { kernel_shape: kernel_shape ?? ints([1, 1]), ...window, ...attributes }
    return asPicture(operation, emitter.emit(operator, [pictureOf(operation, emitter)], all))
  }
}

/** TensorFlow has three ways to lay the pixels of the two pictures over each other. */
function resize(mode: 'linear' | 'nearest'): Conversion {
  return (operation, emitter) => {
    const { attributes } = operation
    const isHalf = attributes.bool('half_pixel_centers', false)
    const isAligned = attributes.bool('align_corners', false)
    const transformation = isAligned ? 'align_corners' : isHalf ? halfPixel(mode) : 'asymmetric'
    const nearest = isAligned ? 'round_prefer_ceil' : 'floor'
    const flow = inputAt(operation, 0)
    const picture = emitter.channelsFirst(flow)
    const sizes = numbersAt(operation, 1, 'size')
    const [height, width] = flow.shape?.slice(1, -1) ?? []
    const isNumber = typeof height === 'number' && typeof width === 'number'
    const [newHeight = 1, newWidth = 1] = sizes
    const scales = isNumber ? [1, 1, newHeight / height, newWidth / width] : undefined
    const exact = scales?.every((scale, axis) => axis < 2 || Number.isInteger(scale)) === true
    const target =
      exact && scales !== undefined
        ? [undefined, emitter.numbers(scales, 'float32')]
        : [undefined, undefined, sizesOf(picture, sizes, emitter)]
    const value = emitter.emit('Resize', [picture, ...target], {
      mode: text(mode),
      coordinate_transformation_mode: text(transformation),
      ...(mode === 'nearest' ? { nearest_mode: text(nearest) } : {}),
    })
    const isKept = flow.dtype === 'float32' || mode === 'nearest'
    return new Flow({ channelsFirst: isKept ? value : emitter.emit('Cast', [value], { to: int(1) }) })
  }
}

/** Nearest neighbours by half pixels: the floor of `(i + 0.5) * scale` without the half taken off again. */
const halfPixel = (mode: 'linear' | 'nearest'): string => (mode === 'linear' ? 'half_pixel' : 'tf_half_pixel_for_nn')

function sizesOf(
  picture: Parameters<GraphEmitter['emit']>[1][number],
  sizes: readonly number[],
  emitter: GraphEmitter,
) {
  const outer = emitter.emit('Shape', [picture], { start: int(0), end: int(2) })
  return emitter.emit('Concat', [outer, emitter.numbers(sizes)], { axis: int(0) })
}

/** Both put the depth of the block first. */
function depthToSpace(operation: Operation, emitter: GraphEmitter): Flow {
  const attributes = { blocksize: int(operation.attributes.int('block_size', 1)), mode: text('DCR') }
  const value = emitter.emit('DepthToSpace', [pictureOf(operation, emitter)], attributes)
  return hasChannelsFirst(operation) ? new Flow({ plain: value }) : new Flow({ channelsFirst: value })
}
