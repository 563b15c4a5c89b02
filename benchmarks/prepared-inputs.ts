/** Inputs of a model made ready for the timed windows, and what was found out while they were made. */
import type { InferenceRecord } from '../src/core/record.js'
import type { Warning } from '../src/core/warning.js'
import type { Session } from '../src/engines/engine.js'
import type { AccuracyResult } from './accuracy.js'
import type { FixedBatch } from './batch-sizes.js'
import type { RunPool } from './timed-loop.js'

/** What the timed windows run on. */
export interface PreparedInputs {
  readonly pool: RunPool
  readonly images?: InferenceRecord['images']
  /** Absent for synthetic inputs. */
  readonly accuracy?: AccuracyResult
  /** Seconds during which images were decoded. */
  readonly preprocess?: number
  /** Seconds spent on reading outputs and ranking classes. */
  readonly postprocess?: number
  readonly warnings: readonly Warning[]
}

/** Where inputs come from. */
export interface InputSource {
  readonly description: InferenceRecord['input']
  /** The batch that the model or the caller fixes. */
  readonly fixedBatch: FixedBatch | undefined
  /** Versions of the libraries that make the inputs, by name. */
  readonly versions: Readonly<Record<string, string>>
  /** Sizes of the inputs at a batch size, by name, as far as they are known before the model is opened by an engine. */
  shapes(batchSize: number): ReadonlyMap<string, readonly number[]>
  /** @param isFirst - false for further batch sizes, which need not look at every image again */
  prepare(session: Session, batchSize: number, isFirst: boolean): Promise<PreparedInputs>
}
