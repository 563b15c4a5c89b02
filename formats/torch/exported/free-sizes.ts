/** The sizes that a `.pt2` file leaves free: names, ranges, and numbers that were settled since. */
import { type Dimension, freeNames, substitute } from '../../../src/graph/dimension.js'
import { brokenExport, listOf, objectOf, textOf, unionOf, wholeOf } from './exported-json.js'
import type { ExportedProgram } from './exported-program.js'
import { parseSize } from './size-expression.js'

/** Of one program. */
export class FreeSizes {
  readonly #program: ExportedProgram
  /** What the first axis of an input is called in the file: the batch. */
  readonly #batch: string | undefined
  readonly #settled = new Map<string, number>()

  constructor(program: ExportedProgram) {
    this.#program = program
    this.#batch = this.#batchName()
  }

  /** @returns the size that an entry of `sym_int_values` or of a shape stands for; `undefined` for what is no size */
  read(value: unknown): Dimension | undefined {
    const { kind, value: size } = unionOf(value, 'a size')
    if (kind === 'as_int') return wholeOf(size, 'a size')
    if (kind !== 'as_expr') return undefined
    const parsed = parseSize(textOf(objectOf(size, 'a size').expr_str, 'expr_str'), (name) => this.#nameOf(name))
    return parsed === undefined ? undefined : substitute(parsed, this.#settled)
  }

  /** @returns the shape of a tensor by its name */
  shapeOf(name: string): readonly Dimension[] {
    const { sizes } = objectOf(this.#program.graph.tensors[name], `the type of ${name.slice(0, 60)}`)
    return listOf(sizes, 'sizes').map((value) => {
      const size = this.read(value)
      if (size === undefined) throw brokenExport('a size of an input is no expression')
      return size
    })
  }

  /** @returns numbers that the caller gave for the names in a size, where they are told for all of them */
  stated(
    size: Dimension,
    shapes: ReadonlyMap<string, readonly number[]> = new Map(),
  ): ReadonlyMap<string, number> | undefined {
    const inputs = this.#inputs()
    const known = new Map<string, number>()
    for (const name of inputs) {
      const stated = shapes.get(name) ?? (inputs.length === 1 ? shapes.get('') : undefined)
      for (const [axis, own] of this.shapeOf(name).entries()) {
        const number = stated?.[axis]
        if (typeof own !== 'number' && freeNames(own).has(own.text) && number !== undefined) known.set(own.text, number)
      }
    }
    return [...freeNames(size)].every((name) => known.has(name)) ? known : undefined
  }

  /** @returns whether that says anything new */
  settle(solution: ReadonlyMap<string, number>): boolean {
    const before = this.#settled.size
    for (const [name, number] of solution) if (!this.#settled.has(name)) this.#settled.set(name, number)
    return this.#settled.size > before
  }

  /** @returns what the file was exported for, one sentence for each size with an end */
  assumptions(): readonly string[] {
    return Object.entries(this.#program.ranges).flatMap(([name, range]) => {
      const { min_val: least, max_val: most } = objectOf(range, 'a range')
      if (typeof most !== 'number' || !Number.isSafeInteger(most) || most >= 2 ** 31) return []
      return [`the file was exported for ${this.#nameOf(name)} from ${String(least ?? 0)} to ${most}`]
    })
  }

  /** Names of tensors that the caller gives. */
  #inputs(): readonly string[] {
    return this.#program.inputs.flatMap(({ kind, value }) => {
      if (kind !== 'user_input') return []
      const arg = unionOf(objectOf(value, kind).arg, kind)
      return arg.kind === 'as_tensor' ? [textOf(objectOf(arg.value, kind).name, 'name')] : []
    })
  }

  #batchName(): string | undefined {
    for (const input of this.#inputs()) {
      const [size] = this.shapeOf(input)
      if (typeof size !== 'number' && size !== undefined && freeNames(size).has(size.text)) return size.text
    }
    return undefined
  }

  #nameOf(name: string): string {
    return name === this.#batch ? 'N' : name
  }
}
