/** What a model wants of images, and what a prepared batch looks like. */
import type { DataType } from '../graph/data-type.js'
import type { Tensor } from '../graph/tensor.js'

/** Order of the axes of an image tensor. */
export type Layout = 'NCHW' | 'NHWC'

/** How an image is brought to the model's size. */
export type ResizePolicy = 'shortest-crop' | 'stretch' | 'letterbox'

/** How 8-bit values become the model's numbers: `(value / 255 - mean) / standardDeviation` per channel, or none. */
export interface Normalization {
  readonly name: string
  /** Factor on the 8-bit value before the mean is taken off: 1/255, 1/127.5 or 1. */
  readonly scale: number
  readonly mean: readonly number[]
  readonly standardDeviation: readonly number[]
}

/** How images enter one input of a model. */
export interface ImageInput {
  readonly name: string
  readonly dtype: DataType
  readonly layout: Layout
  readonly channels: 1 | 3 | 4
  /** Colour order; grey has one channel and ignores it. */
  readonly channelOrder: 'RGB' | 'BGR'
  readonly height: number
  readonly width: number
  /** Fixed by the model, or `undefined` when the batch is free. */
  readonly fixedBatch: number | undefined
  /** False for an input `[C, H, W]` without a batch axis. */
  readonly hasBatchAxis: boolean
  /** False for a grey input `[N, H, W]` or `[H, W]`-like one without a channel axis. */
  readonly hasChannelAxis: boolean
  /** What was taken for granted because the model leaves it open, one line each; empty when the model says it all. */
  readonly assumptions: readonly string[]
}

/** One file of a folder of images. */
export interface ImageFile {
  /** Absolute. */
  readonly path: string
  /** Relative to the folder, with `/`. */
  readonly name: string
  /** Class by its folder; `undefined` in a flat folder. */
  readonly label: string | undefined
}

/** A batch ready for the engine. */
export interface ImageBatch {
  readonly tensor: Tensor
  /** Files behind the rows of the batch; fewer than the batch size when the last one was filled up by repetition. */
  readonly files: readonly ImageFile[]
}

/** An image that could not be used. */
export interface SkippedImage {
  readonly name: string
  readonly reason: string
}
