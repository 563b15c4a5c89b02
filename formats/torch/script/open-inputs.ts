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
import { OpenRank, type OpenSize, type TensorGuess } from '../open-size.js'
import type { ExampleInput } from '../script-archive.js'
import { axisName } from './axis-names.js'
import { solveSize } from './solve-size.js'

/** What is known of one input so far. */
interface InputPlan {
  readonly name: string
  readonly dtype: DataType
  /** `undefined` until something tells the rank. */
  readonly shape: Shape | undefined
  /** Sizes by the user or of the trace: what a free size becomes where the code needs a number. */
  readonly stated: readonly number[] | undefined
}

export const STATE_SHAPE = "give the input's shape, e.g. --input 1x3x224x224"

/** All inputs of one model. Each attempt to follow the code may tell more of them. */
export class OpenInputs {
  readonly #plans: InputPlan[] = []
  /** Names of sizes that the code settled, for the record. */
  readonly #guessed = new Set<string>()
  /** Inputs of `#rank` axes because nothing said otherwise. */
  readonly #unfounded = new Set<string>()
  #rank = PICTURES

  /** @throws {UsageError} `E_INPUT_SHAPE` where the user names an input that is not there, or several */
  constructor(
    names: readonly string[],
    examples: readonly (ExampleInput | undefined)[],
    shapes: ReadonlyMap<string, readonly number[]>,
  ) {
    refuseUnknownNames(names, shapes)
    for (const [index, name] of names.entries()) {
      const example = examples[index]
      const stated = shapes.get(name) ?? (names.length === 1 ? shapes.get('') : undefined) ?? example?.shape
      const shape = stated?.map((size, axis) => (axis === 0 && size > 0 ? symbol('N') : size))
      this.#plans.push({ name, dtype: example?.dtype ?? 'float32', shape, stated })
    }
  }

  get plans(): readonly InputPlan[] {
    return this.#plans
  }

  /** @returns what was taken for granted, one sentence for each input */
  assumptions(): readonly string[] {
    return this.#plans
      .filter(({ name }) => this.#guessed.has(name))
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
    if (isDone) throw this.#unclear(`the number of axes of ${quoted(value.name)} is not known`)
    if (plan.shape === undefined && guess === undefined) this.#unfounded.add(plan.name)
    const shape = plan.shape ?? this.#guessedShape(plan, guess ?? { rank: this.#rank })
    if (plan.shape === undefined) this.#guessed.add(plan.name)
    this.#plans[this.#plans.indexOf(plan)] = { ...plan, dtype: guess?.dtype ?? plan.dtype, shape }
  }

  /**
   * Takes inputs that nothing told the rank of for ones with an axis less: sequences, then features.
   *
   * @returns `false` where all has been tried
   */
  tryAnotherRank(): boolean {
    if (this.#unfounded.size === 0 || this.#rank <= FEATURES) return false
    this.#rank -= 1
    for (const [index, plan] of this.#plans.entries()) {
      if (!this.#unfounded.has(plan.name)) continue
      this.#plans[index] = { ...plan, shape: this.#guessedShape(plan, { rank: this.#rank }) }
    }
    return true
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
    const solution = this.#statedSizes(names) ?? (expected === undefined ? undefined : solveSize(size, expected))
    const own = new Set(this.#plans.flatMap(({ shape }) => (shape ?? []).flatMap((part) => [...freeNames(part)])))
    if (solution === undefined || names.size === 0 || ![...names].every((name) => own.has(name))) {
      throw this.#unclear(unclearSize(size, names, expected))
    }
    for (const [index, plan] of this.#plans.entries()) this.#plans[index] = settled(plan, solution)
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

  #unclear(what: string): UnsupportedError {
    const isStated = this.#plans.every(({ stated }) => stated !== undefined)
    const hint = isStated ? 'export the model from Python instead: torch.onnx.export(...)' : STATE_SHAPE
    return new UnsupportedError('E_TORCH_INPUT', what, { hint })
  }
}

/** Axes of what an input of unknown use is taken for, at first and at last. */
const PICTURES = 4
const FEATURES = 2

/** e.g. `the code depends on H and W, which the file leaves open`. */
function unclearSize(size: Dimension, names: ReadonlySet<string>, expected: number | undefined): string {
  const what = `the code depends on ${[...names].sort().join(' and ')}, which the file leaves open`
  if (expected === undefined) return what
  return `${what}: no usual size makes ${shortened(formatDimension(size))} the ${expected} that it expects`
}

const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}...` : text)

function settled(plan: InputPlan, sizes: ReadonlyMap<string, number>): InputPlan {
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
