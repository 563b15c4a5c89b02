/** Pooling on blocked channels. */
import type { ForwardView, GradientView } from '../gradient-rule.js'

/** @returns `false` where the input is not blocked: nothing is written then */
export function writeBlockedGlobalAverage(view: ForwardView): boolean {
  const { emit } = view
  const { blocks } = emit
  const input = blocks?.find(view.input(0))
  if (blocks === undefined || input === undefined) return false
  const [batch = 1, channels = 1] = input.sizes
  const filled = blocks.filled(input.sizes)
  const isWhole = filled === channels
  // One pixel per channel: blocked and plain order are the same.
  const [mean = ''] = emit.ops(
    'GlobalAveragePool',
    [input.name],
    isWhole ? [view.output()] : 1,
    {},
    'com.microsoft.nchwc',
  )
  if (!isWhole) {
    const flat = emit.slice(emit.reshape(mean, [batch, filled]), 1, 0, channels)
    emit.ops('Reshape', [flat, emit.whole([batch, channels, 1, 1])], [view.output()])
  }
  return true
}

/** @returns `undefined` where the input was not blocked */
export function blockedGlobalAverageGradient(view: GradientView): readonly string[] | undefined {
  const { emit } = view
  const { blocks } = emit
  const input = blocks?.find(view.input(0))
  if (blocks === undefined || input === undefined) return undefined
  const [batch = 1, channels = 1, height = 1, width = 1] = input.sizes
  const filled = blocks.filled(input.sizes)
  const part = emit.mul(view.gradient, view.scalar(1 / (height * width)))
  const whole = emit.pad(emit.reshape(part, [batch, channels]), [0, 0, 0, filled - channels])
  const pixels = emit.reshape(whole, [(batch * filled) / blocks.block, 1, blocks.block])
  const spread = emit.expand(pixels, [(batch * filled) / blocks.block, height * width, blocks.block])
  return [blocks.name({ name: emit.reshape(spread, [batch, filled, height, width]), sizes: input.sizes })]
}
