/** Whether engines agree on what a model gives: figures of speed mean little where they do not. */
import type { Tensor } from '../src/graph/tensor.js'
import { outputDifference } from './output-difference.js'
import type { RunPool } from './timed-loop.js'

/** Outputs by name. */
export type Outputs = ReadonlyMap<string, Tensor>

/** Runs the first batch once. The outputs are copied, since an engine may use their memory again. */
export async function outputsOf({ runs }: RunPool): Promise<Outputs> {
  const [run] = runs
  if (run === undefined) return new Map()
  await run.run()
  return structuredClone(run.outputs())
}

/**
 * Largest difference of two elements, as a share of the largest element of any output.
 *
 * @returns `Infinity` where outputs differ in name, type or size, or whole numbers differ
 */
export function relativeDifference(found: Outputs, base: Outputs): number {
  const { isEqual, largestDifference = Number.POSITIVE_INFINITY } = outputDifference(base, found)
  return isEqual ? 0 : largestDifference / largestElement(base)
}

function largestElement(outputs: Outputs): number {
  let largest = Number.MIN_VALUE
  for (const { data } of outputs.values()) {
    for (const value of data) largest = Math.max(largest, Math.abs(Number(value)) || 0)
  }
  return largest
}
