/** Windows of convolutions and pools: sizes, steps and margins in the words of ONNX, made ready for TensorFlow.js. */
import type { OperatorCall } from '../operator-call.js'

/** A window over the spatial axes, outermost axis first. */
export interface Window {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** Places added before and after each axis. */
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/**
 * @param sizes - spatial sizes of the input
 * @param outputs - spatial sizes of the output, which settle what `ceil_mode` and `auto_pad` add
 */
export function windowOf(
  call: OperatorCall,
  kernel: readonly number[],
  sizes: readonly number[],
  outputs: readonly number[],
): Window {
  const axes = kernel.length
  const strides = call.ints('strides') ?? new Array<number>(axes).fill(1)
  const dilations = call.ints('dilations') ?? new Array<number>(axes).fill(1)
  const needed = kernel.map((size, axis) => {
    const span = ((outputs[axis] ?? 1) - 1) * (strides[axis] ?? 1) + (size - 1) * (dilations[axis] ?? 1) + 1
    return span - (sizes[axis] ?? 0)
  })
  const before = marginsBefore(call, needed)
  // The last window may reach further than the margin (ceil_mode) or stop short of it; only what is read counts.
  const after = needed.map((total, axis) => total - (before[axis] ?? 0))
  return { kernel, strides, dilations, before, after }
}

function marginsBefore(call: OperatorCall, needed: readonly number[]): readonly number[] {
  const mode = call.text('auto_pad', 'NOTSET')
  if (mode === 'VALID') return needed.map(() => 0)
  if (mode === 'SAME_UPPER') return needed.map((total) => Math.floor(Math.max(total, 0) / 2))
  if (mode === 'SAME_LOWER') return needed.map((total) => Math.ceil(Math.max(total, 0) / 2))
  return call.ints('pads')?.slice(0, needed.length) ?? needed.map(() => 0)
}

/** What TensorFlow.js takes for margins of two axes. */
export type Margins = 'same' | 'valid' | [[0, 0], [number, number], [number, number], [0, 0]]

/** @returns margins with the end cut off where no window reaches: TensorFlow.js counts windows itself */
export function marginsOf({ before, after }: Window, same: boolean): Margins {
  const ends = after.map((size) => Math.max(size, 0))
  if (before.every((size) => size === 0) && ends.every((size) => size === 0)) return 'valid'
  if (same) return 'same'
  const [top = 0, left = 0] = before
  const [bottom = 0, right = 0] = ends
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]
}

/** @returns whether the margins are those that TensorFlow calls `same`: the smaller half in front */
export function isSame(
  { before, after, strides }: Window,
  sizes: readonly number[],
  outputs: readonly number[],
): boolean {
  return before.every((start, axis) => {
    const total = start + Math.max(after[axis] ?? 0, 0)
    const isFull = outputs[axis] === Math.ceil((sizes[axis] ?? 0) / (strides[axis] ?? 1))
    return isFull && start === Math.floor(total / 2)
  })
}
