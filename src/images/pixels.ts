/** Decoded pixels in memory. */
import type { Size } from './resize-plan.js'

/** 8-bit pixels, row-major, channels side by side: `[height, width, channels]`. */
export interface Pixels extends Size {
  readonly channels: number
  readonly data: Uint8Array
}
