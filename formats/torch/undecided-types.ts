/** Inputs whose element type nothing states: numbers with a fraction, until something reads them as whole ones. */
import { dtypeOf } from '../../src/operators/known-value.js'
import type { Value } from '../emission/value.js'
import { OpenRank } from './open-size.js'

/** Operators through which whole numbers stay such. */
const KEEPING: ReadonlySet<string> = new Set([
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
  'Expand',
  'Slice',
  'Gather',
  'Add',
  'Sub',
])

/** Knows which values are made of such inputs. */
export class UndecidedTypes {
  readonly #inputs = new Map<string, Value>()

  note(input: Value): void {
    this.#inputs.set(input.name, input)
  }

  /** Takes up what a node gives. */
  follow(operator: string, [first]: readonly (Value | undefined)[], outputs: readonly Value[]): void {
    const input = first === undefined || !KEEPING.has(operator) ? undefined : this.#inputs.get(first.name)
    if (input === undefined) return
    for (const output of outputs)
      if (dtypeOf(output.known) === dtypeOf(input.known)) this.#inputs.set(output.name, input)
  }

  /**
   * @param rank - what is taken for granted where it is not known
   * @throws {OpenRank} where the value is made of such an input, which then holds whole numbers
   */
  readAsWhole({ name }: Value, rank: number): void {
    const input = this.#inputs.get(name)
    if (input !== undefined) throw new OpenRank(input, { rank, dtype: 'int64' })
  }
}
