/** Windows that slide over fixed sizes: what `auto_pad` comes to, and the attributes of the way back. */
import { int, ints } from '../../graph/attributes.js'
import type { Attributes } from '../../graph/builder.js'
import { windowOf } from '../../operators/shape/window.js'
import type { Sizes } from '../emitter.js'
import type { ForwardView } from '../gradient-rule.js'

/** Everything about a window, one entry per spatial axis. */
export interface Slide {
  readonly kernel: Sizes
  readonly strides: Sizes
  readonly dilations: Sizes
  readonly padsBegin: Sizes
  readonly padsEnd: Sizes
  /** What the window slides over, and how many positions it takes. */
  readonly input: Sizes
  readonly output: Sizes
}

/**
 * @param input - sizes `[N, C, ...]`
 * @param output - sizes `[N, K, ...]`
 * @param kernel - of the weight, for operators that have one
 */
export function slidingWindow(view: ForwardView, input: Sizes, output: Sizes, kernel?: Sizes): Slide {
  const [areaIn, areaOut] = [input.slice(2), output.slice(2)]
  const window = windowOf(view, areaIn.length, kernel)
  const { strides, dilations, autoPad } = window
  const sizes = kernel ?? view.ints('kernel_shape') ?? []
  if (autoPad === 'NOTSET') {
    const { padsBegin, padsEnd } = window
    return { kernel: sizes, strides, dilations, padsBegin, padsEnd, input: areaIn, output: areaOut }
  }
  const totals = areaIn.map((size, axis) => {
    const reach = ((sizes[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1
    const total = Math.max(((areaOut[axis] ?? 1) - 1) * (strides[axis] ?? 1) + reach - size, 0)
    return autoPad === 'VALID' ? 0 : total
  })
  const padsBegin = totals.map((total) => (autoPad === 'SAME_LOWER' ? Math.ceil(total / 2) : Math.floor(total / 2)))
  const padsEnd = totals.map((total, axis) => total - (padsBegin[axis] ?? 0))
  return { kernel: sizes, strides, dilations, padsBegin, padsEnd, input: areaIn, output: areaOut }
}

/**
 * Attributes of the ConvTranspose that leads back to the input's sizes: rows behind the last window are added
 * (`output_padding`), a last window that reaches over the end (`ceil_mode`) is cut off as padding.
 */
export function transposedAttributes(slide: Slide): Attributes {
  const { kernel, strides, dilations, padsBegin, padsEnd, input, output } = slide
  const left = input.map((size, axis) => {
    const reach =
      ((output[axis] ?? 1) - 1) * (strides[axis] ?? 1) + ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1
    return size + (padsBegin[axis] ?? 0) + (padsEnd[axis] ?? 0) - reach
  })
  return {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    dilations: ints(dilations),
    pads: ints([...padsBegin, ...padsEnd.map((pad, axis) => pad - Math.min(left[axis] ?? 0, 0))]),
    output_padding: ints(left.map((size) => Math.max(size, 0))),
    group: int(1),
  }
}
