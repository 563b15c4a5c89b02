/** Records of runs whose windows are made up, for tests of what compares records. */
import { seededRandom } from '../../src/core/random.js'
import type { InferenceRecord } from '../../src/core/record.js'
import { sampleInference, withPerInference } from './sample-records.js'

/** What a made-up run is like. */
export interface MadeRun {
  readonly id?: string
  /** J of one inference, and its spread from window to window as a share. */
  readonly joules?: number
  readonly spread?: number
  readonly windows?: number
  readonly seed?: number
}

/** Batches in a window, each of which takes 0.1 s per joule. */
const BATCHES = 20

/** @returns a record whose figures are those of its windows */
export function madeRun({
  id = 'run',
  joules = 1,
  spread = 0.02,
  windows = 10,
  seed = 1,
}: MadeRun = {}): InferenceRecord {
  const random = seededRandom(seed)
  const noise = () => 1 + spread * (random() + random() + random() - 1.5)
  const levels = Array.from({ length: windows }, () => joules * noise())
  const latencies = levels.flatMap((level) => Array.from({ length: BATCHES }, () => 0.1 * level * noise()))
  const mean = levels.reduce((sum, level) => sum + level, 0) / windows
  return {
    ...withPerInference(sampleInference(), { joules: mean, low: mean * 0.9, high: mean * 1.1 }),
    id,
    samples: {
      latencySeconds: latencies,
      latencyEvery: 1,
      windows: levels.map((level, index) => ({
        startedAt: index * 2,
        seconds: 2,
        inferences: BATCHES,
        joules: level * BATCHES,
        low: level * BATCHES,
        high: level * BATCHES,
      })),
    },
  }
}
