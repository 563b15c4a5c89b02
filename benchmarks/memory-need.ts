/** Refuses batches that cannot fit into memory: an engine would fill it until the system ends the process. */
import { UnsupportedError } from '../src/core/errors.js'
import type { Counts } from '../src/core/record.js'
import type { HostFacts } from './host.js'

/** An engine may compute in place what the counts keep apart, but never more than halves it by that. */
const LEAST_SHARE = 0.5

type Memory = Pick<HostFacts, 'memoryBytes' | 'memoryLimitBytes'>

/**
 * @param host - its memory, or the limit of its control group where that is lower
 * @param beside - bytes that models need which are open already; weights count as soon as there are any
 * @throws {UnsupportedError} `E_MEMORY` when even half the activations counted are more than the memory; weights may be mapped
 */
export function refuseWhatCannotFit(counts: Counts, host: Memory, beside = 0): void {
  const { batchSize = 1 } = counts
  const { memoryBytes, memoryLimitBytes = memoryBytes } = host
  const least = leastActivations(counts)
  if (!(memoryLimitBytes > 0)) return
  if (least > memoryLimitBytes) throw tooLarge(batchSize, least, memoryLimitBytes)
  const together = bytesToRun(counts)
  if (beside > 0 && beside + together > memoryLimitBytes) throw tooMany(together, beside, memoryLimitBytes)
}

/**
 * A training keeps what the forward pass computes until the way back has used it.
 *
 * @param activationBytes - of all layers together, for the batch
 * @param free - bytes of memory that nothing uses; `undefined` where the system does not tell
 * @throws {UnsupportedError} `E_MEMORY` when even half of it is more than there is
 */
export function refuseLessonThatCannotFit(activationBytes: number, batchSize: number, free: number | undefined): void {
  const least = activationBytes * LEAST_SHARE
  if (free === undefined || !(least > free)) return
  const [needed, there] = [gigabytes(least), gigabytes(free)]
  throw new UnsupportedError(
    'E_MEMORY',
    `a step of ${batchSize} images needs at least ${needed} for its activations, and ${there} of memory are free`,
    { hint: 'take a smaller --batch-size, with --accumulate for the same updates, or smaller sizes with --input' },
  )
}

/** @returns bytes that a model with these counts needs to run at least, its weights included */
export const bytesToRun = (counts: Counts): number => leastActivations(counts) + counts.parameters.bytes

const leastActivations = ({ peakActivationBytes = 0 }: Counts): number => peakActivationBytes * LEAST_SHARE

const tooLarge = (batchSize: number, least: number, memory: number): UnsupportedError =>
  new UnsupportedError(
    'E_MEMORY',
    `batch size ${batchSize} needs at least ${gigabytes(least)} for its activations, and there is ${gigabytes(memory)} of memory`,
    {
      hint: 'take a smaller --batch or smaller sizes with --input; greenbench inspect tells the memory of activations',
    },
  )

const tooMany = (own: number, beside: number, memory: number): UnsupportedError =>
  new UnsupportedError(
    'E_MEMORY',
    `needs at least ${gigabytes(own)} beside the ${gigabytes(beside)} of the models before it, and there is ${gigabytes(memory)} of memory`,
    { hint: 'measure it in a run of its own, and use greenbench compare' },
  )

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(3)} GB`
