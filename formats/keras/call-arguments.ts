/** The arguments of one call of a layer, with tensors where the file has references to them. */
import { Fields } from './fields.js'
import { configError } from './keras-errors.js'
import type { KerasTensor } from './keras-graph.js'
import { type LayerCallConfig, refIn, type TensorRef } from './model-config.js'

/** A tensor among the arguments: a class, so that nothing in a file can pass for one. */
export class TensorArgument {
  readonly tensor: KerasTensor

  constructor(tensor: KerasTensor) {
    this.tensor = tensor
  }
}

/** A part of an index: `start:stop:step`, `...`; a plain number or `undefined` (a new axis) stands for itself. */
export class SliceArgument {
  readonly start: unknown
  readonly stop: unknown
  readonly step: unknown

  constructor(start: unknown, stop: unknown, step: unknown) {
    this.start = start
    this.stop = stop
    this.step = step
  }
}

/** Stands for `...` in an index. */
export const ELLIPSIS: unique symbol = Symbol('...')

/** An array of numbers that the file keeps among the arguments. */
export class ArrayArgument {
  readonly value: unknown
  readonly dtype: string

  constructor(value: unknown, dtype: string) {
    this.value = value
    this.dtype = dtype
  }
}

/** Numbers, texts and lists as they stand in the file; tensors, slices and arrays as objects of their own. */
export interface CallArguments {
  readonly positional: readonly unknown[]
  readonly keywords: Readonly<Record<string, unknown>>
}

const DEEPEST = 16

/** @param tensorOf - finds the tensor that a reference names */
export function readArguments(call: LayerCallConfig, tensorOf: (ref: TensorRef) => KerasTensor): CallArguments {
  const read = (value: unknown, depth: number): unknown => {
    if (depth > DEEPEST) throw configError(`arguments are nested deeper than ${DEEPEST}`)
    if (typeof value !== 'object' || value === null) return value ?? undefined
    const ref = refIn(value)
    if (ref !== undefined) return new TensorArgument(tensorOf(ref))
    if (Array.isArray(value)) {
      // tf.keras 2 keeps a number that stands where a tensor might so.
      return value[0] === '_CONSTANT_VALUE' ? read(value[2], depth + 1) : value.map((entry) => read(entry, depth + 1))
    }
    return special(value as Readonly<Record<string, unknown>>, (inner) => read(inner, depth + 1))
  }
  const { positional, keywords } = call
  return {
    positional: Array.isArray(positional) ? positional.map((value) => read(value, 0)) : [read(positional, 0)],
    keywords: Object.fromEntries(Object.entries(keywords).map(([name, value]) => [name, read(value, 0)])),
  }
}

/** Objects that stand for something of Python. */
function special(record: Readonly<Record<string, unknown>>, read: (value: unknown) => unknown): unknown {
  const { class_name: className, config } = record
  if (className === '__ellipsis__') return ELLIPSIS
  if (
    className === '__slice__' ||
    className === '__tuple__' ||
    className === '__numpy__' ||
    className === '__tensor__'
  ) {
    const fields = new Fields(config ?? record, String(className))
    if (className === '__slice__') {
      const [start, stop, step] = ['start', 'stop', 'step'].map((name) => read(fields.get(name)))
      return new SliceArgument(start, stop, step)
    }
    if (className === '__tuple__') return read(fields.any('items', 'value'))
    return new ArrayArgument(fields.get('value'), fields.text('dtype') ?? 'float32')
  }
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, read(value)]))
}

/** @returns all tensors in an argument, in order */
export function tensorsIn(value: unknown): KerasTensor[] {
  if (value instanceof TensorArgument) return [value.tensor]
  if (Array.isArray(value)) return value.flatMap(tensorsIn)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return []
  const sorted = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return sorted.flatMap(([, entry]) => tensorsIn(entry))
}
