/** Memory of what a training moves on: each value twice, so that a run reads the one and writes the other, without a copy. */
import { UnsupportedError, UsageError } from '../core/errors.js'
import type { SharedTensor, SharedTensors } from '../engines/in-place.js'
import type { DataType } from '../graph/data-type.js'
import type { Tensor } from '../graph/tensor.js'
import { packWeight, unpackWeight } from './blocked/weight-layout.js'
import type { StateValue } from './step-graph.js'

/** Elements that a training computes with. */
export type FloatElements = Float32Array | Float64Array

/** Makes a tensor known to the engine. */
export type Share = (name: string, tensor: Tensor) => SharedTensor

interface Copy {
  readonly elements: FloatElements
  readonly shared: SharedTensor
}

interface Cell {
  readonly value: StateValue
  now: Copy
  next: Copy
}

/** All values of all programs by name. */
export class StateBuffers {
  readonly #cells = new Map<string, Cell>()

  /**
   * @param first - gives the first elements of a value, as the model has them
   * @throws {UnsupportedError} `E_TRAINING_TYPE` for values that are neither float32 nor float64
   */
  constructor(values: Iterable<StateValue>, first: (value: StateValue) => FloatElements, share: Share) {
    for (const value of values) {
      if (this.#cells.has(value.name)) continue
      const [now, next] = [packed(first, value), emptyElements(value.dtype, countOf(value.shape))].map((elements) => {
        return { elements, shared: share(value.name, { dtype: value.dtype, shape: value.shape, data: elements }) }
      })
      if (now !== undefined && next !== undefined) this.#cells.set(value.name, { value, now, next })
    }
  }

  /** Inputs of a run. */
  inputs(names: Iterable<string>): SharedTensors {
    return Object.fromEntries(Array.from(names, (name) => [name, this.#cell(name).now.shared]))
  }

  /** Outputs of a run, by the names that the graph gives them. */
  outputs(moved: readonly StateValue[]): SharedTensors {
    return Object.fromEntries(moved.map(({ name, next }) => [next, this.#cell(name).next.shared]))
  }

  /** Takes what a run wrote for what holds from now on. */
  advance(moved: readonly StateValue[]): void {
    for (const { name } of moved) {
      const cell = this.#cell(name)
      ;[cell.now, cell.next] = [cell.next, cell.now]
    }
  }

  /**
   * Looks at the first element of each value that a run wrote. A gradient that is not a number reaches all elements of the
   * layers before its own, so that one of them is enough.
   *
   * @returns the first value that is no finite number
   */
  brokenAfter(moved: readonly StateValue[]): string | undefined {
    return moved.find(({ name }) => !Number.isFinite(this.#cell(name).next.elements[0] ?? 0))?.name
  }

  /** Elements of now; later runs change them. */
  elements(name: string): FloatElements {
    return this.#cell(name).now.elements
  }

  /** The same as the model has them, whatever their layout; where they lie as they are, nothing is copied. */
  plainElements(name: string): FloatElements {
    const { value, now } = this.#cell(name)
    return value.layout === undefined ? now.elements : unpackWeight(now.elements, value.layout)
  }

  /** @returns copies of all values, as the model has them: they fit another machine's layout too */
  copies(): ReadonlyMap<string, Tensor> {
    return new Map(
      [...this.#cells].map(([name, { value }]) => {
        const elements = this.plainElements(name)
        const data = value.layout === undefined ? elements.slice() : elements
        return [name, { dtype: value.dtype, shape: plainShape(value), data }] as const
      }),
    )
  }

  /** Takes copies back. @throws {UsageError} `E_STATE` before anything changes, when they are of something else */
  restore(tensors: ReadonlyMap<string, Tensor>): void {
    for (const [name, { value }] of this.#cells) refuseUnlessAlike(value, tensors.get(name))
    const other = [...tensors.keys()].find((name) => !this.#cells.has(name))
    if (other !== undefined) throw new UsageError('E_STATE', `the state holds "${other}", which this training has not`)
    for (const [name, { value, now }] of this.#cells) {
      const data = tensors.get(name)?.data as FloatElements
      now.elements.set(value.layout === undefined ? data : packWeight(data, value.layout))
    }
  }

  #cell(name: string): Cell {
    const cell = this.#cells.get(name)
    if (cell === undefined) throw new UsageError('E_STATE', `the training has no value "${name}"`)
    return cell
  }
}

function packed(first: (value: StateValue) => FloatElements, value: StateValue): FloatElements {
  const { layout } = value
  return layout === undefined ? first(value) : packWeight(first({ ...value, shape: layout.shape }), layout)
}

const plainShape = ({ shape, layout }: StateValue): readonly number[] => layout?.shape ?? shape

function refuseUnlessAlike(value: StateValue, found: Tensor | undefined): void {
  const { name, dtype } = value
  const shape = plainShape(value)
  if (found === undefined) throw new UsageError('E_STATE', `the state lacks "${name}"`)
  const isAlike = found.dtype === dtype && found.shape.join() === shape.join() && found.data.length === countOf(shape)
  if (isAlike) return
  const described = `${found.dtype} [${found.shape.join(', ')}]`
  throw new UsageError('E_STATE', `"${name}" of the state is ${described}, expected ${dtype} [${shape.join(', ')}]`)
}

/**
 * @returns zeros
 * @throws {UnsupportedError} `E_TRAINING_TYPE` for another type, `E_OUT_OF_MEMORY` where there is no room
 */
export function emptyElements(dtype: DataType, count: number): FloatElements {
  try {
    if (dtype === 'float32') return new Float32Array(count)
    if (dtype === 'float64') return new Float64Array(count)
  } catch (cause) {
    throw new UnsupportedError('E_OUT_OF_MEMORY', `there is no memory for ${count} numbers of the training`, {
      hint: 'use a machine with more memory, or train fewer weights',
      cause,
    })
  }
  throw new UnsupportedError('E_TRAINING_TYPE', `training computes in float32 or float64, a weight is ${dtype}`, {
    hint: 'export the model in float32',
  })
}

/** @returns elements of a shape */
export const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)
