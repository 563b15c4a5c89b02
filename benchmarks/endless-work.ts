/** Refuses models that no machine finishes: once an engine has begun a run, nothing but the end of the process stops it. */
import { UnsupportedError } from '../src/core/errors.js'
import type { Counts } from '../src/core/record.js'

/** Operations of one run that take a day at 10^12 a second; published models stay a thousand times below. */
const MOST_OPERATIONS = 1e17

/** @throws {UnsupportedError} `E_ENDLESS_WORK` when the counts of one batch are beyond any use, as loops without end are */
export function refuseEndlessWork({ flops = 0, otherOperations = 0, batchSize = 1 }: Counts): void {
  const operations = flops + otherOperations
  if (operations <= MOST_OPERATIONS) return
  throw new UnsupportedError(
    'E_ENDLESS_WORK',
    `one run of batch size ${batchSize} takes ${operations.toExponential(1)} operations, which would not end`,
    { hint: 'look at greenbench inspect --top 10: a loop may have no bound, or --batch or --input may be mistyped' },
  )
}
