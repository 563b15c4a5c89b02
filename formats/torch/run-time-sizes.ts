/** Sizes as values of the run: expressions over free names, written from the tensors that show these names. */
import { int } from '../../src/graph/attributes.js'
import { DATA_TYPES } from '../../src/graph/data-type.js'
import { type Atom, type Dimension, isNonNegative, type Term } from '../../src/graph/dimension.js'
import { shapeOf, tensor } from '../../src/operators/known-value.js'
import type { GraphEmitter } from '../emission/graph-emitter.js'
import type { Value } from '../emission/value.js'

const TO_INT64 = { to: int(DATA_TYPES.int64.code) }

/** Where a name shows: an axis of a tensor, or a whole number that the run reads. */
interface Source {
  readonly value: Value
  readonly axis: number | undefined
}

/** What is known of where the free sizes of one program come from. */
export class RunTimeSizes {
  readonly #emitter: GraphEmitter
  readonly #sources = new Map<string, Source>()
  #written = new Map<string, Value>()

  constructor(emitter: GraphEmitter) {
    this.#emitter = emitter
  }

  /** Remembers a tensor as the place where its free sizes can be read, unless there is one already. */
  note(value: Value): void {
    for (const [axis, size] of (shapeOf(value.known) ?? []).entries()) {
      const name = soleName(size)
      if (name !== undefined && !this.#sources.has(name)) this.#sources.set(name, { value, axis })
    }
  }

  /** Says that a name stands for the number that a tensor of one element holds. */
  bind(size: Dimension, value: Value): void {
    const name = soleName(size)
    if (name !== undefined) this.#sources.set(name, { value, axis: undefined })
  }

  /** What is written inside a sub-graph cannot be read outside. */
  inside(write: () => void): void {
    const outer = this.#written
    this.#written = new Map(outer)
    try {
      write()
    } finally {
      this.#written = outer
    }
  }

  /** @returns the size, int64 `[1]`; `undefined` where no tensor shows one of its names */
  of(size: Dimension): Value | undefined {
    if (typeof size === 'number') return this.#emitter.numbers([size])
    const known = this.#written.get(size.text)
    if (known !== undefined) return known
    const written = this.#sum(size.terms)
    if (written === undefined) return undefined
    const value = { ...written, known: tensor('int64', [1], [size]) ?? written.known }
    this.#written.set(size.text, value)
    return value
  }

  #sum(terms: readonly Term[]): Value | undefined {
    let sum: Value | undefined
    for (const { coefficient, atoms } of terms) {
      const factors = atoms.map((atom) => this.#atom(atom))
      if (coefficient !== 1 || atoms.length === 0) factors.push(this.#emitter.numbers([coefficient]))
      const product = this.#combined('Mul', factors)
      if (product === undefined) return undefined
      sum = sum === undefined ? product : this.#emitter.emit('Add', [sum, product])
    }
    return sum
  }

  #combined(operator: string, parts: readonly (Value | undefined)[]): Value | undefined {
    const [first, ...rest] = parts
    if (first === undefined || rest.includes(undefined)) return undefined
    return rest.reduce<Value>((result, part) => this.#emitter.emit(operator, [result, part]), first)
  }

  #atom(atom: Atom): Value | undefined {
    if (atom.kind === 'name') return this.#name(atom.name)
    const parts = atom.of.map((part) => this.of(part))
    if (atom.kind !== 'floor-divide') return this.#combined(atom.kind === 'min' ? 'Min' : 'Max', parts)
    const [dividend, divisor] = parts
    if (dividend === undefined || divisor === undefined) return undefined
    // The operator rounds towards zero, which is a floor only where nothing is negative.
    const isPlain = atom.of.every(isNonNegative)
    const whole = isPlain ? dividend : this.#emitter.emit('Sub', [dividend, this.#emitter.emit('Mod', parts)])
    return this.#emitter.emit('Div', [whole, divisor])
  }

  #name(name: string): Value | undefined {
    const source = this.#sources.get(name)
    if (source === undefined) return undefined
    const { value, axis } = source
    if (axis !== undefined) return this.#emitter.emit('Shape', [value], { start: int(axis), end: int(axis + 1) })
    return this.#emitter.emit('Reshape', [this.#emitter.emit('Cast', [value], TO_INT64), this.#emitter.numbers([1])])
  }
}

function soleName(size: Dimension): string | undefined {
  if (typeof size === 'number' || size.terms.length !== 1) return undefined
  const [term] = size.terms
  const [atom] = term?.atoms ?? []
  return term?.coefficient === 1 && term.atoms.length === 1 && atom?.kind === 'name' ? atom.name : undefined
}
