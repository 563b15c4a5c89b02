/** The inputs of a model: their number and names stand in its code, sizes follow from the user, a trace, or their first use. */
import { UnsupportedError, UsageError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'
import type { DataType } from '../../../src/graph/data-type.js'
import {
  type Dimension,
  formatDimension,
  formatShape,
  freeNames,
  type Shape,
  symbol,
} from '../../../src/graph/dimension.js'
import { dtypeOf, shapeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import { OpenRank, type OpenSize, type TensorGuess } from '../open-size.js'
import type { ExampleInput } from '../script-archive.js'
import { axisName } from './axis-names.js'
import { freedShapes } from './batch-names.js'
import { likelyShapes } from './likely-shapes.js'
import { EXPORT_HINT } from './script-errors.js'
import { sameSize, solveSize } from './solve-size.js'

/** What is known of one input so far. */
interface InputPlan {
  readonly name: string
  readonly dtype: DataType
  /** Whether something tells the element type. */
  readonly isTyped: boolean
  /** `undefined` until something tells the rank. */
  readonly shape: Shape | undefined
  /** Sizes by the user or of the trace: what a free size becomes where the code needs a number. */
  readonly stated: readonly number[] | undefined
  /** Set where the shape is a guess; then what else it may be, the likeliest first. */
  readonly guess?: TensorGuess
  readonly others?: readonly TensorGuess[]
}

export const STATE_SHAPE = "give the input's shape, e.g. --input 1x3x224x224"

/** All inputs of one model. Each attempt to follow the code may tell more of them. */
export class OpenInputs {
  readonly #plans: InputPlan[] = []
  readonly #hasSequences: boolean

  /**
   * @param habits - whether rows of features more likely come in sequences, and recurrent layers read samples first; the element
   *   type of inputs that no trace tells
   * @throws {UsageError} `E_INPUT_SHAPE` where the user names an input that is not there, or several
   */
  constructor(
    names: readonly string[],
    examples: readonly (ExampleInput | undefined)[],
    shapes: ReadonlyMap<string, readonly number[]>,
    habits: { readonly hasSequences: boolean; readonly isSamplesFirst: boolean; readonly dtype: DataType },
  ) {
    this.#hasSequences = habits.hasSequences
    refuseUnknownNames(names, shapes)
    const given = names.map(
      (name, index) => shapes.get(name) ?? (names.length === 1 ? shapes.get('') : undefined) ?? examples[index]?.shape,
    )
    const freed = freedShapes(names, given, habits.isSamplesFirst)
    for (const [index, name] of names.entries()) {
      const dtype = examples[index]?.dtype ?? habits.dtype
      this.#plans.push({
        name,
        dtype,
        isTyped: examples[index] !== undefined,
        shape: freed[index],
        stated: given[index],
      })
    }
  }

  get plans(): readonly InputPlan[] {
    return this.#plans
  }

  /** @returns what was taken for granted, one sentence for each input */
  assumptions(): readonly string[] {
    return this.#plans
      .filter(({ guess }) => guess !== undefined)
      .map(
        ({ name, shape }) =>
          `the file does not say what input ${name} looks like: ${formatShape(shape ?? [])} fits its weights`,
      )
  }

  /**
   * Takes up what an attempt found out.
   *
   * @throws {UnsupportedError} `E_TORCH_INPUT` where only the user can tell more
   */
  refine(cause: OpenRank | OpenSize): void {
    if (cause instanceof OpenRank) this.#refineRank(cause)
    else this.#refineSize(cause)
  }

  /** @returns the error for sizes that must not all stay open */
  tooOpen(why: string): UnsupportedError {
    const names = this.#plans.flatMap(({ shape }) => (shape ?? []).flatMap((part) => [...freeNames(part)]))
    return this.#unclear(`with ${[...new Set(names)].sort().join(', ') || 'its inputs'} left open, ${why}`)
  }

  #refineRank({ value, guess }: OpenRank): void {
    const open = this.#plans.filter(({ shape }) => shape === undefined)
    const index = this.#plans.findIndex(({ name }) => name === value.name)
    const named = this.#plans[index]
    const isOfNamed = named !== undefined && (named.shape === undefined || guess?.dtype !== undefined)
    // What the only input is read as, a tensor that is made of it is too.
    const plan = isOfNamed ? named : (open[0] ?? (guess?.dtype === undefined ? undefined : this.#only()))
    const isDone = plan === undefined || (plan.shape !== undefined && guess?.dtype === plan.dtype)
    if (isDone) throw this.#unclearTensor(value, guess)
    const dtype = guess?.dtype ?? plan.dtype
    const isTyped = plan.isTyped || guess?.dtype !== undefined
    if (plan.shape !== undefined) this.#replace(plan, { ...plan, dtype, isTyped })
    else this.#take({ ...plan, dtype, isTyped }, likelyShapes(guess, this.#hasSequences), plan)
  }

  /**
   * Takes inputs for what else they may be: pictures for sequences, then for rows of features.
   *
   * @returns `false` where all has been tried
   */
  tryOtherShapes(): boolean {
    const doubtful = this.#plans.filter(({ others }) => others !== undefined && others.length > 0)
    for (const plan of doubtful) this.#take(plan, plan.others ?? [])
    return doubtful.length > 0
  }

  /** @returns the error, which says that the shape may be stated where it was a guess */
  explained(error: UnsupportedError): UnsupportedError {
    const isGuess = this.#plans.some(({ guess }) => guess !== undefined)
    const isAboutShapes = error.code === 'E_TORCH_OPERATOR' && error.hint !== EXPORT_HINT
    if (!isGuess || !isAboutShapes) return error
    const hint = `${STATE_SHAPE}: the file does not say it; or ${error.hint}`
    return new UnsupportedError(error.code, error.message, { hint, cause: error })
  }

  /** Gives a plan the first of these shapes. */
  #take(plan: InputPlan, [guess, ...others]: readonly TensorGuess[], replaced = plan): void {
    if (guess !== undefined) this.#replace(replaced, { ...plan, shape: this.#guessedShape(plan, guess), guess, others })
  }

  #replace(plan: InputPlan, by: InputPlan): void {
    this.#plans[this.#plans.indexOf(plan)] = by
  }

  #only(): InputPlan | undefined {
    return this.#plans.length === 1 ? this.#plans[0] : undefined
  }

  #guessedShape({ name }: InputPlan, { rank, sizes }: TensorGuess): Shape {
    const isFirst = this.#plans[0]?.name === name
    return Array.from({ length: rank }, (_, axis): Dimension => {
      const size = sizes?.get(axis)
      if (size !== undefined) return size
      const letter = axisName(rank, axis, sizes)
      return symbol(isFirst || axis === 0 ? letter : `${name}_${letter}`)
    })
  }

  #refineSize({ size, expected }: OpenSize): void {
    const names = freeNames(size)
    const solution = this.#statedSizes(names) ?? sameSize(size, expected) ?? solveSize(size, expected)
    const own = new Set(this.#plans.flatMap(({ shape }) => (shape ?? []).flatMap((part) => [...freeNames(part)])))
    if (solution === undefined || names.size === 0 || ![...names].every((name) => own.has(name))) {
      throw this.#unclear(unclearSize(size, names, expected))
    }
    for (const plan of [...this.#plans]) this.#settle(plan, solution)
  }

  /** A guess that only one size of a batch fits is none, where there is another; flattened features may be a picture. */
  #settle(plan: InputPlan, solution: ReadonlyMap<string, Dimension>): void {
    const [batch, features] = (plan.shape ?? []).map((part) => solution.get(formatDimension(part)))
    const others = plan.others ?? []
    const isFlat = plan.guess?.or === 'picture' && typeof features === 'number'
    if (typeof batch === 'number' && others.length > 0) this.#take(plan, others)
    else if (!isFlat) this.#replace(plan, settled(plan, solution))
    else this.#take(plan, likelyShapes({ rank: 2, or: 'picture', sizes: new Map([[1, features]]) }, this.#hasSequences))
  }

  /** @returns numbers that the user or the trace gave for these names, where they did for all */
  #statedSizes(names: ReadonlySet<string>): ReadonlyMap<string, number> | undefined {
    const sizes = new Map<string, number>()
    for (const { shape, stated } of this.#plans) {
      for (const [axis, part] of (shape ?? []).entries()) {
        const number = stated?.[axis]
        if (typeof part !== 'number' && names.has(part.text) && number !== undefined) sizes.set(part.text, number)
      }
    }
    return [...names].every((name) => sizes.has(name)) ? sizes : undefined
  }

  #unclearTensor({ name, known }: Value, guess: TensorGuess | undefined): UnsupportedError {
    const [dtype, wanted] = [dtypeOf(known), guess?.dtype]
    if (shapeOf(known) === undefined || dtype === undefined || wanted === undefined)
      return this.#unclear(`the number of axes of ${quoted(name)} is not known`)
    return new UnsupportedError('E_TORCH_INPUT', `${quoted(name)} holds ${dtype}, where ${wanted} is read`, {
      hint: 'convert it in the model, e.g. x.float(), and save it again',
    })
  }

  #unclear(what: string): UnsupportedError {
    const isStated = this.#plans.every(({ stated }) => stated !== undefined)
    const hint = isStated ? 'export the model from Python instead: torch.onnx.export(...)' : STATE_SHAPE
    return new UnsupportedError('E_TORCH_INPUT', what, { hint })
  }
}

/** e.g. `the code depends on H and W, which the file leaves open`. */
function unclearSize(size: Dimension, names: ReadonlySet<string>, expected: number | undefined): string {
  const what = `the code depends on ${[...names].sort().join(' and ')}, which the file leaves open`
  if (expected === undefined) return what
  return `${what}: no usual size makes ${shortened(formatDimension(size))} the ${expected} that it expects`
}

const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}...` : text)

function settled(plan: InputPlan, sizes: ReadonlyMap<string, Dimension>): InputPlan {
  const shape = plan.shape?.map((part) => (typeof part === 'number' ? part : (sizes.get(part.text) ?? part)))
  return { ...plan, shape }
}

function refuseUnknownNames(names: readonly string[], shapes: ReadonlyMap<string, readonly number[]>): void {
  const unknown = [...shapes.keys()].find((name) => !(name === '' ? names.length === 1 : names.includes(name)))
  if (unknown === undefined) return
  const list = names.map(quoted).join(', ')
  const what = unknown === '' ? 'one shape is given' : `a shape is given for ${quoted(unknown)}`
  throw new UsageError('E_INPUT_SHAPE', `${what}, but the model's inputs are ${list}`, {
    hint: `name them, e.g. --input ${names.map((name) => `${name}=1x3x224x224`).join(' --input ')}`,
  })
}
