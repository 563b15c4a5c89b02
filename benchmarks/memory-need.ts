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
