/**
 * How the weights of a convolution lie in memory when channels are blocked: as onnxruntime's NCHWc convolution reads them.
 *
 * `full` [K/b, C/b, h, w, b of C, b of K]; `image`, for fewer input channels than a block has, [K/b, C, h, w, b of K];
 * `depthwise` [C/b, h, w, b of C]. Channels are filled up to whole blocks with zeros, which stay zeros: gradients of
 * channels that are not there are 0.
 */
import type { ChannelBlock } from '../../engines/channel-block.js'
import type { Sizes } from '../emitter.js'

/** Where each element of a weight `[K, C/group, h, w]` lies. */
export interface WeightLayout {
  readonly kind: 'full' | 'image' | 'depthwise'
  readonly block: ChannelBlock
  /** Of the model's own weight. */
  readonly shape: readonly [number, number, number, number]
  /** The same with channels filled up: the shape of the graph's input. */
  readonly stored: Sizes
}

type Elements = Float32Array | Float64Array

/** @returns `count` rounded up to whole blocks */
export const wholeBlocks = (count: number, block: number): number => Math.ceil(count / block) * block

/** @param shape - `[K, C/group, h, w]` */
export function weightLayout(kind: WeightLayout['kind'], block: ChannelBlock, shape: Sizes): WeightLayout {
  const [outputs = 1, inputs = 1, height = 1, width = 1] = shape
  const stored = [wholeBlocks(outputs, block), kind === 'full' ? wholeBlocks(inputs, block) : inputs, height, width]
  return { kind, block, shape: [outputs, inputs, height, width], stored }
}

/** @returns the elements in blocks */
export function packWeight(elements: Elements, layout: WeightLayout): Elements {
  const packed = new (elements.constructor as typeof Float32Array)(countOf(layout.stored))
  eachElement(layout, (plain, blocked) => {
    packed[blocked] = elements[plain] ?? 0
  })
  return packed
}

/** @returns the elements as the model has them */
export function unpackWeight(elements: Elements, layout: WeightLayout): Elements {
  const plainElements = new (elements.constructor as typeof Float32Array)(countOf(layout.shape))
  eachElement(layout, (plain, blocked) => {
    plainElements[plain] = elements[blocked] ?? 0
  })
  return plainElements
}

const countOf = (sizes: Sizes): number => sizes.reduce((product, size) => product * size, 1)

function eachElement({ kind, block, shape, stored }: WeightLayout, visit: (plain: number, blocked: number) => void) {
  const [outputs, inputs, height, width] = shape
  const area = height * width
  // Input channels of one block, and blocks of them.
  const inner = kind === 'full' ? block : 1
  const across = (stored[1] ?? 1) / inner
  for (let k = 0; k < outputs; k++) {
    for (let c = 0; c < inputs; c++) {
      const row = (Math.floor(k / block) * across + Math.floor(c / inner)) * area
      const start = (k * inputs + c) * area
      for (let place = 0; place < area; place++) {
        visit(start + place, ((row + place) * inner + (c % inner)) * block + (k % block))
      }
    }
  }
}
