/** Refuses batches that cannot fit into memory: an engine would fill it until the system ends the process. */
import { UnsupportedError } from '../src/core/errors.js'
import type { Counts } from '../src/core/record.js'
import type { HostFacts } from './host.js'

/** An engine may compute in place what the counts keep apart, but never more than halves it by that. */
const LEAST_SHARE = 0.5

/**
 * @param host - its memory, or the limit of its control group where that is lower
 * @throws {UnsupportedError} `E_MEMORY` when even half the activations counted are more than the memory; weights may be mapped
 */
export function refuseWhatCannotFit(
  { peakActivationBytes = 0, batchSize = 1 }: Counts,
  { memoryBytes, memoryLimitBytes = memoryBytes }: Pick<HostFacts, 'memoryBytes' | 'memoryLimitBytes'>,
): void {
  const least = peakActivationBytes * LEAST_SHARE
  if (!(memoryLimitBytes > 0) || least <= memoryLimitBytes) return
  throw new UnsupportedError(
    'E_MEMORY',
    `batch size ${batchSize} needs at least ${gigabytes(least)} for its activations, and there is ${gigabytes(memoryLimitBytes)} of memory`,
    {
      hint: 'take a smaller --batch or smaller sizes with --input; greenbench inspect tells the memory of activations',
    },
  )
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(3)} GB`
