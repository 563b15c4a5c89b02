/** Which batch sizes a model can be run at. */
import { UsageError } from '../src/core/errors.js'

/** The batch that a model, or the sizes given for it, leave no choice about. */
export interface FixedBatch {
  readonly size: number
  /** Input that fixes it; absent where no input has an axis for the batch. */
  readonly input: string | undefined
  /** True when the caller's sizes fix it, not the model. */
  readonly isByCaller: boolean
}

/** Larger batches are taken for a mistyped number. */
const LARGEST_BATCH = 65_536

/**
 * @param asked - batch sizes of the caller; absent: the fixed one, or 1
 * @returns each batch size once, in the order asked for
 * @throws {UsageError} `E_BATCH_SIZE` for what is no size, `E_BATCH_FIXED` for one that cannot run
 */
export function batchSizes(asked: readonly number[] | undefined, fixed: FixedBatch | undefined): readonly number[] {
  if (asked === undefined || asked.length === 0) return [fixed?.size ?? 1]
  for (const size of asked) {
    if (!Number.isInteger(size) || size < 1 || size > LARGEST_BATCH) {
      throw new UsageError('E_BATCH_SIZE', `batch size ${size} is not a whole number from 1 to ${LARGEST_BATCH}`)
    }
    if (fixed !== undefined && size !== fixed.size) throw cannotRun(size, fixed)
  }
  return [...new Set(asked)]
}

function cannotRun(size: number, { size: fixed, input, isByCaller }: FixedBatch): UsageError {
  if (input === undefined) {
    return new UsageError('E_BATCH_FIXED', `no input has a batch axis, so batch size ${size} cannot run`, {
      hint: 'leave --batch away',
    })
  }
  if (isByCaller) {
    return new UsageError(
      'E_BATCH_FIXED',
      `--input fixes the batch of ${input} at ${fixed}, --batch asks for ${size}`,
      {
        hint: 'leave one of the two away',
      },
    )
  }
  return new UsageError(
    'E_BATCH_FIXED',
    `input ${input} has a fixed first dimension of ${fixed}, so batch size ${size} cannot run`,
    { hint: 'leave --batch away, or export the model with a free first dimension' },
  )
}
