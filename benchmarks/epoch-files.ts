/** Writes what a whole epoch has come to: the checkpoint to go on from, and the model with its weights. */
import type { Trainer } from '../formats/trainer.js'
import { writeCheckpoint } from '../src/training/checkpoint.js'
import type { Clock } from './clock.js'
import type { TrainingOptions } from './training-options.js'

/** Each file takes the place of that of the epoch before, as a whole. */
export class EpochFiles {
  readonly #trainer: Trainer
  readonly #options: Pick<TrainingOptions, 'save' | 'checkpoint' | 'onProgress'>
  readonly #facts: Readonly<Record<'images' | 'classes', number>>
  readonly #clock: Clock
  /** That writing has taken so far. */
  seconds = 0
  /** Files that are there. */
  written: { model?: string; checkpoint?: string } = {}

  /** @param facts - of the data; a checkpoint is only good for the same */
  constructor(
    trainer: Trainer,
    options: Pick<TrainingOptions, 'save' | 'checkpoint' | 'onProgress'>,
    facts: Readonly<Record<'images' | 'classes', number>>,
    clock: Clock,
  ) {
    this.#trainer = trainer
    this.#options = options
    this.#facts = facts
    this.#clock = clock
  }

  /** @throws {GreenbenchError} `E_WRITE_FAILED` for a folder that cannot be written to or a full disk */
  async keep(epoch: number): Promise<void> {
    const { save, checkpoint, onProgress } = this.#options
    if (save === undefined && checkpoint === undefined) return
    onProgress?.({ phase: 'save', done: 0, total: 1 })
    const before = this.#clock.now()
    if (checkpoint !== undefined) {
      const facts = { epoch, ...this.#facts }
      const metadata = new Map(Object.entries(facts).map(([name, value]) => [name, String(value)]))
      await writeCheckpoint(checkpoint, await this.#trainer.state(), metadata)
      this.written = { ...this.written, checkpoint }
    }
    if (save !== undefined) {
      await this.#trainer.save(save)
      this.written = { ...this.written, model: save }
    }
    this.seconds += this.#clock.now() - before
  }
}
