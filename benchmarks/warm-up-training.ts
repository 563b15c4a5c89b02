/** Runs a few steps and takes their effect back: memory claimed, caches filled, code compiled. */
import type { LabelledBatch, Trainer } from '../formats/trainer.js'
import { MeasurementError } from '../src/core/errors.js'
import type { Clock } from './clock.js'
import type { TrainingDataset } from './training-options.js'

/**
 * A number of steps rather than a time, so that what is random in a trainer goes on from the same place on every machine.
 *
 * @param options - `first`: epoch whose first batch is used
 * @returns seconds that it took
 */
export async function warmUpTraining(
  trainer: Trainer,
  data: TrainingDataset,
  {
    first,
    steps,
    clock,
    signal,
  }: {
    readonly first: number
    readonly steps: number
    readonly clock: Clock
    readonly signal: AbortSignal | undefined
  },
): Promise<number> {
  if (steps === 0) return 0
  const before = clock.now()
  const state = await trainer.state()
  try {
    await withFirst(data.training(first), async (batch) => {
      for (let step = 0; step < steps && signal?.aborted !== true; step++) await trainer.step(batch)
    })
    if (data.validationCount > 0 && signal?.aborted !== true) {
      await withFirst(data.validation(), (batch) => trainer.evaluate(batch))
    }
  } catch (cause) {
    // Several steps on one batch may diverge where the training does not; if it does, it says so itself.
    if (!(cause instanceof MeasurementError)) throw cause
  }
  await trainer.restore(state)
  return clock.now() - before
}

async function withFirst(
  batches: AsyncIterable<LabelledBatch>,
  use: (batch: LabelledBatch) => Promise<unknown>,
): Promise<void> {
  for await (const batch of batches) {
    await use(batch)
    break
  }
}
