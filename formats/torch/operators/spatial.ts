/** What convolutions and poolings have in common: settings for each spatial axis, and inputs without a batch axis. */
import { ints } from '../../../src/graph/attributes.js'
import type { Attributes } from '../../../src/graph/builder.js'
import type { Shape } from '../../../src/graph/dimension.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall } from '../operator-call.js'
import { type ScriptTensor, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'

/** @returns one number for each spatial axis; a list of one holds for all of them, an empty one is `fallback` */
export function perAxis(given: readonly number[], axes: number, fallback: readonly number[] = []): readonly number[] {
  if (given.length === 0) return fallback
  const [first = 0] = given
  return given.length === 1 ? range(axes).map(() => first) : given
}

/** @returns the strides, dilations and pads of a window that is padded alike on both sides */
export function windowAttributes(
  strides: readonly number[],
  dilations: readonly number[],
  pads: readonly number[],
): Attributes {
  return { strides: ints(strides), dilations: ints(dilations), pads: ints([...pads, ...pads]) }
}

/**
 * Lets a step work that wants a batch axis: an input without one, `[C, ...]`, has it meanwhile.
 *
 * @param axes - how many spatial axes there are
 */
export function withBatch(
  input: ScriptTensor,
  axes: number,
  emitter: TorchEmitter,
  step: (input: Value) => Value,
): ScriptTensor {
  const [found] = allWithBatch(input, axes, emitter, (value) => [step(value)])
  return found ?? input
}

/** The same for a step of several results. */
export function allWithBatch(
  input: ScriptTensor,
  axes: number,
  emitter: TorchEmitter,
  step: (input: Value) => readonly Value[],
): readonly ScriptTensor[] {
  if (input.shape?.length !== axes + 1) return step(input.value).map(tensor)
  const first = emitter.numbers([0])
  const found = step(emitter.emit('Unsqueeze', [input.value, first]))
  return found.map((value) => emitter.tensor('Squeeze', [value, first]))
}

/**
 * @param name - of the first argument
 * @param shape - of that argument, `[N, C, ...]` or `[C, ...]`
 * @returns its spatial sizes
 */
export function spatialSizes(call: OperatorCall, name: string, axes: number, shape = shapeAt(call, name, axes)): Shape {
  if (shape.length !== axes + 2 && shape.length !== axes + 1) {
    return call.refuse(`its input has ${shape.length} axes, expected ${axes + 2}`)
  }
  return shape.slice(-axes)
}

const shapeAt = (call: OperatorCall, name: string, axes: number): Shape => call.shape(0, name, { rank: axes + 2 })
