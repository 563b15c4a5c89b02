/** Gives the free dimensions of a model's inputs their sizes. */
import { UsageError } from '../core/errors.js'
import { type Dimension, formatShape, type Shape, substitute, symbol } from '../graph/dimension.js'
import type { ValueInfo, ValueType } from '../graph/graph.js'

/** Pixels of a picture's side; what is smaller is taken for something else. */
const SMALLEST_SIDE = 16

/** What the caller fixes. */
export interface InputBindings {
  /** Sizes of all dimensions of an input, by its name. */
  readonly inputShapes?: ReadonlyMap<string, readonly number[]> | undefined
  /** Size of the first dimension of inputs that leave it free. */
  readonly batchSize?: number | undefined
}

/** Inputs with their free dimensions bound as far as the caller said. */
export interface BoundInputs {
  readonly types: ReadonlyMap<string, ValueType | undefined>
  /** Names that stand for one size only, with that size. */
  readonly names: ReadonlyMap<string, Dimension>
  /** Size of the batch, where a free first dimension was bound or the file fixes it. */
  readonly batchSize: number | undefined
  readonly assumptions: readonly string[]
}

/**
 * Binds by position first. A name is carried over to other inputs only when it does not stand for two sizes:
 * exporters write one name for different axes.
 *
 * @throws {UsageError} `E_INPUT_NAME`, `E_INPUT_SHAPE`, `E_BATCH_SIZE` for what does not fit the model
 */
export function bindInputs(inputs: readonly ValueInfo[], bindings: InputBindings): BoundInputs {
  checkNames(inputs, bindings.inputShapes ?? new Map())
  checkBatch(bindings.batchSize)
  const declared = new Map(inputs.map(({ name, type }) => [name, separateRepeats(type)]))
  const positional = new Map([...declared].map(([name, type]) => [name, bindByPosition(name, type, bindings)]))
  const names = namesOf(declared, positional)
  const types = new Map([...positional].map(([name, type]) => [name, substituteType(type, names)]))
  return { types, names, ...batchOf(inputs, types, bindings) }
}

/** @returns the type with bound names replaced, also inside sequences, maps and optionals */
export function substituteType(
  type: ValueType | undefined,
  names: ReadonlyMap<string, Dimension>,
): ValueType | undefined {
  if (type === undefined || names.size === 0) return type
  if (type.kind === 'tensor' || type.kind === 'sparse-tensor') {
    return { ...type, shape: type.shape?.map((size) => substitute(size, names)) }
  }
  if (type.kind === 'map') return { ...type, value: substituteType(type.value, names) }
  return { ...type, element: substituteType(type.element, names) }
}

function checkNames(inputs: readonly ValueInfo[], shapes: ReadonlyMap<string, readonly number[]>): void {
  for (const name of shapes.keys()) {
    if (inputs.some((input) => input.name === name)) continue
    const known = inputs.map((input) => input.name).join(', ')
    throw new UsageError('E_INPUT_NAME', `the model has no input "${name}"`, { hint: `its inputs are: ${known}` })
  }
}

function checkBatch(size: number | undefined): void {
  if (size === undefined || (Number.isSafeInteger(size) && size >= 1)) return
  throw new UsageError('E_BATCH_SIZE', `batch size ${size} is not a positive whole number`)
}

/** Second and later uses of a name in one shape become names of their own. */
function separateRepeats(type: ValueType | undefined): ValueType | undefined {
  if (type?.kind !== 'tensor' || type.shape === undefined) return type
  const seen = new Set<string>()
  const shape = type.shape.map((size, axis) => {
    if (typeof size === 'number') return size
    const isRepeated = seen.has(size.text)
    seen.add(size.text)
    return isRepeated ? symbol(`${size.text}@${axis}`) : size
  })
  return { ...type, shape }
}

function bindByPosition(name: string, type: ValueType | undefined, bindings: InputBindings): ValueType | undefined {
  const given = bindings.inputShapes?.get(name)
  if (given !== undefined) return fixShape(name, type, given)
  if (type?.kind !== 'tensor' || type.shape === undefined || bindings.batchSize === undefined) return type
  const [first, ...rest] = type.shape
  return first === undefined || typeof first === 'number' ? type : { ...type, shape: [bindings.batchSize, ...rest] }
}

function fixShape(name: string, type: ValueType | undefined, given: readonly number[]): ValueType {
  if (type?.kind !== 'tensor') throw new UsageError('E_INPUT_SHAPE', `input "${name}" is no tensor, so it has no shape`)
  const declared = type.shape
  const fits =
    given.every((size) => Number.isSafeInteger(size) && size >= 0) &&
    (declared === undefined ||
      (declared.length === given.length &&
        declared.every((size, axis) => typeof size !== 'number' || size === given[axis])))
  if (fits) return { ...type, shape: given }
  throw new UsageError('E_INPUT_SHAPE', `input "${name}": shape ${given.join('x')} does not fit the model`, {
    hint: declared === undefined ? undefined : `the model takes ${formatShape(declared)}`,
  })
}

/** Names that got exactly one size over all inputs. */
function namesOf(
  declared: ReadonlyMap<string, ValueType | undefined>,
  bound: ReadonlyMap<string, ValueType | undefined>,
): ReadonlyMap<string, Dimension> {
  const sizes = new Map<string, Dimension>()
  const doubtful = new Set<string>()
  for (const [input, type] of declared) {
    const shape = shapeIn(bound.get(input))
    for (const [axis, size] of (shapeIn(type) ?? []).entries()) {
      const value = shape?.[axis]
      const name = soleName(size)
      if (name === undefined || typeof value !== 'number') continue
      if ((sizes.get(name) ?? value) !== value) doubtful.add(name)
      sizes.set(name, value)
    }
  }
  for (const name of doubtful) sizes.delete(name)
  return sizes
}

function shapeIn(type: ValueType | undefined): Shape | undefined {
  return type?.kind === 'tensor' ? type.shape : undefined
}

function soleName(size: Dimension): string | undefined {
  const [term] = typeof size === 'number' ? [] : size.terms
  const [atom] = term?.atoms ?? []
  return typeof size !== 'number' && atom?.kind === 'name' && atom.text === size.text ? atom.name : undefined
}

function batchOf(
  inputs: readonly ValueInfo[],
  types: ReadonlyMap<string, ValueType | undefined>,
  bindings: InputBindings,
): { batchSize: number | undefined; assumptions: readonly string[] } {
  const wanted = bindings.batchSize
  const firsts = inputs.map(({ name, type }) => ({ name, free: shapeIn(type)?.[0], bound: shapeIn(types.get(name)) }))
  const batched = firsts.find(({ free, bound }) => typeof free === 'object' && typeof bound?.[0] === 'number')
  const main = batched ?? firsts.slice(0, 1).find(({ bound }) => (bound?.length ?? 0) > 1)
  const isOne = batched === undefined && isPicture(main?.bound)
  const size = isOne ? 1 : main?.bound?.[0]
  if (typeof size !== 'number') return { batchSize: undefined, assumptions: [] }
  const isIgnored = wanted !== undefined && wanted > 1 && wanted !== size
  const what = isOne ? 'is one picture' : `has a first dimension of ${size}`
  const why = `input "${main?.name}" ${what}, so batch size ${wanted} is not applied to it`
  return { batchSize: size, assumptions: isIgnored ? [why] : [] }
}

/** `[C, H, W]` in colour: one picture, whose first dimension is no batch. */
function isPicture(shape: Shape | undefined): boolean {
  const [channels, ...sides] = shape ?? []
  const areSides = sides.length === 2 && sides.every((side) => typeof side === 'number' && side >= SMALLEST_SIDE)
  return areSides && (channels === 3 || channels === 4)
}
