/** Estimates the memory of a training before it is opened: an engine would fill it until the system ends the process. */
import { totalmem } from 'node:os'
import { UnsupportedError } from '../core/errors.js'
import { inferTypes } from '../operators/infer.js'
import { peakActivationBytes } from '../operators/memory.js'
import type { Program } from './step-graph.js'

/** What the engine needs beside the values of the graph: scratch memory, and values that it computes earlier than it must. */
const ENGINE_FACTOR = 1.4

/**
 * Weights and what the optimizer keeps of them, before and after the step, and the values in between as long as something
 * reads them, in the order of the graph; times 1.4. Measured peaks were 1.0 to 1.5 times it in AlexNet, SqueezeNet, Inception, ResNet
 * and MobileNetV2 (onnxruntime 1.30), and more where all is smaller than the engine itself.
 *
 * @returns bytes; NaN when the size of a value is not known
 */
export function estimatePeakBytes({ graph }: Program): number {
  return ENGINE_FACTOR * peakActivationBytes(inferTypes(graph).main)
}

/** @returns memory of the machine, or the limit of its control group where that is lower, bytes */
export function memoryOfMachine(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

/**
 * @param available - bytes
 * @throws {UnsupportedError} `E_MEMORY` when the estimate is more than there is
 */
export function refuseWhatCannotFit(estimate: number, batchSize: number, available: number): void {
  if (!(estimate > available)) return
  throw new UnsupportedError(
    'E_MEMORY',
    `training with batches of ${batchSize} needs about ${gigabytes(estimate)} (estimate), and there is ${gigabytes(available)} of memory`,
    { hint: 'take a smaller --batch-size, and --accumulate several of them for one update' },
  )
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(3)} GB`
