/** What a file leaves open about its inputs, found where the program first needs it: the reader tries again with more known. */
import type { DataType } from '../../src/graph/data-type.js'
import type { Dimension } from '../../src/graph/dimension.js'
import type { Value } from '../emission/value.js'

/** What an operator takes for granted of a tensor of which the file says nothing. */
export interface TensorGuess {
  readonly rank: number
  /** Sizes by axis. */
  readonly sizes?: ReadonlyMap<number, number>
  /** Set where the operator reads nothing else, e.g. int64 for places in a table. */
  readonly dtype?: DataType
  /** What it may be as well: features with an axis of steps before them, or a picture where features are flattened ones. */
  readonly or?: 'sequence' | 'picture'
}

/** Thrown where the rank of a value must be known and is not. A file of TorchScript does not state the shapes of its inputs. */
export class OpenRank extends Error {
  /** @param guess - what the reader of the value takes for granted, e.g. rank 4 with 3 channels on axis 1 */
  constructor(
    readonly value: Value,
    readonly guess: TensorGuess | undefined,
  ) {
    super(`the rank of ${value.name} is not known`)
  }
}

/** Thrown where a free size must be a certain number, e.g. flattened maps that a linear layer with 4096 features reads. */
export class OpenSize extends Error {
  constructor(
    readonly size: Dimension,
    /** `undefined`: it must be any number, e.g. a count of turns. */
    readonly expected: number | undefined,
  ) {
    super('a size is not known')
  }
}
