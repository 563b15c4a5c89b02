/** Made-up inputs for any model, the same for the same seed: what is in them matters little to the time they take. */
import { UnsupportedError, UsageError } from '../src/core/errors.js'
import { seededRandom } from '../src/core/random.js'
import type { DataType } from '../src/graph/data-type.js'
import { formatShape, type Shape } from '../src/graph/dimension.js'
import type { ValueInfo, ValueType } from '../src/graph/graph.js'
import type { Tensor, TensorElements } from '../src/graph/tensor.js'
import { bindInputs, type InputBindings } from '../src/operators/bindings.js'

/** Elements of all inputs together: 4 GiB of float32. */
const MOST_ELEMENTS = 2 ** 30

/**
 * Values are uniform in [0, 1) for floating types, over the whole range for bytes, and 0 or 1 for wider integers, which
 * are mostly indices, lengths and masks: 0 and 1 stay inside every vocabulary.
 *
 * @param inputs - as the engine sees them
 * @throws {UsageError} `E_FREE_DIMENSION` names sizes that neither the batch nor `inputShapes` settles
 * @throws {UnsupportedError} `E_VALUE_KIND`, `E_TYPE_UNSUPPORTED` for inputs that cannot be made up
 */
export function syntheticInputs(
  inputs: readonly ValueInfo[],
  bindings: InputBindings,
  seed: number,
): ReadonlyMap<string, Tensor> {
  const random = seededRandom(seed)
  return new Map(
    sizedInputs(inputs, bindings).map(({ name, dtype, shape, fill }) => [
      name,
      { dtype, shape, data: fill(elementsIn(shape), random) },
    ]),
  )
}

/** @returns sizes that the inputs would have, by name; throws as `syntheticInputs`, and makes no values */
export function syntheticShapes(
  inputs: readonly ValueInfo[],
  bindings: InputBindings,
): ReadonlyMap<string, readonly number[]> {
  return new Map(sizedInputs(inputs, bindings).map(({ name, shape }) => [name, shape]))
}

/** An input whose values can be made. */
interface SizedInput extends SizedType {
  readonly name: string
  readonly fill: Fill
}

interface SizedType {
  readonly dtype: DataType
  readonly shape: readonly number[]
}

function sizedInputs(inputs: readonly ValueInfo[], bindings: InputBindings): readonly SizedInput[] {
  const { types } = bindInputs(inputs, bindings)
  const sized = inputs.map(({ name }) => {
    const type = sizedType(name, types.get(name))
    return { name, ...type, fill: fillOf(name, type.dtype) }
  })
  const elements = sized.reduce((sum, { shape }) => sum + elementsIn(shape), 0)
  if (elements > MOST_ELEMENTS) {
    throw new UsageError(
      'E_INPUT_TOO_LARGE',
      `the inputs would hold ${elements} elements, more than ${MOST_ELEMENTS}`,
      {
        hint: 'use a smaller --batch, or smaller sizes with --input',
      },
    )
  }
  return sized
}

const elementsIn = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

function sizedType(name: string, type: ValueType | undefined): SizedType {
  if (type?.kind !== 'tensor') {
    throw new UnsupportedError('E_VALUE_KIND', `input ${name} is ${kindOf(type)}, which cannot be made up`, {
      hint: 'only models whose inputs are tensors can be run on synthetic values',
    })
  }
  if (type.shape === undefined) {
    throw new UsageError('E_FREE_DIMENSION', `input ${name} leaves its rank free`, {
      hint: `give its sizes: --input ${name}=1x...`,
    })
  }
  const free = type.shape.flatMap((size) => (typeof size === 'number' ? [] : [size.text]))
  if (free.length > 0) throw freeDimensions(name, type.shape, free)
  return { dtype: type.dtype, shape: type.shape.filter((size) => typeof size === 'number') }
}

const kindOf = (type: ValueType | undefined): string => (type === undefined ? 'of unknown type' : `a ${type.kind}`)

function freeDimensions(name: string, shape: Shape, free: readonly string[]): UsageError {
  const example = shape.map((size) => (typeof size === 'number' ? size : '<size>')).join('x')
  return new UsageError('E_FREE_DIMENSION', `input ${name} ${formatShape(shape)} leaves ${free.join(', ')} free`, {
    hint: `fix all its sizes: --input ${name}=${example}`,
  })
}

type Fill = (count: number, random: () => number) => TensorElements

const FILLED: Partial<Record<DataType, Fill>> = {
  float32: (count, random) => Float32Array.from({ length: count }, random),
  float64: (count, random) => Float64Array.from({ length: count }, random),
  float16: (count, random) => Uint16Array.from({ length: count }, () => halfBits(random())),
  uint8: (count, random) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256)),
  int8: (count, random) => Int8Array.from({ length: count }, () => Math.floor(random() * 256) - 128),
  uint16: (count, random) => Uint16Array.from({ length: count }, () => bit(random)),
  int16: (count, random) => Int16Array.from({ length: count }, () => bit(random)),
  int32: (count, random) => Int32Array.from({ length: count }, () => bit(random)),
  uint32: (count, random) => Uint32Array.from({ length: count }, () => bit(random)),
  int64: (count, random) => BigInt64Array.from({ length: count }, () => BigInt(bit(random))),
  uint64: (count, random) => BigUint64Array.from({ length: count }, () => BigInt(bit(random))),
  bool: (count, random) => Uint8Array.from({ length: count }, () => bit(random)),
  string: (count) => Array<string>(count).fill('a'),
}

const bit = (random: () => number): number => (random() < 0.5 ? 0 : 1)

/** Bits of the half float just below a number in [0, 1), by multiples of 1/1024 in [0.5, 1) and finer below. */
function halfBits(value: number): number {
  if (value < 2 ** -14) return Math.floor(value * 2 ** 24)
  const exponent = Math.floor(Math.log2(value))
  return ((exponent + 15) << 10) | Math.floor((value / 2 ** exponent - 1) * 1024)
}

function fillOf(name: string, dtype: DataType): Fill {
  const fill = FILLED[dtype]
  if (fill !== undefined) return fill
  throw new UnsupportedError('E_TYPE_UNSUPPORTED', `input ${name} has type ${dtype}, which cannot be made up`, {
    hint: 'add a Cast from float32 at this input of the model',
  })
}
