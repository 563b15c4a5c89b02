/** Runs the graphs of a training and keeps what they move on. */
import type { BatchOutcome, LabelledBatch, Trainer, TrainerState } from '../../formats/trainer.js'
import { MeasurementError, UsageError } from '../core/errors.js'
import type { EngineInfo } from '../engines/engine.js'
import type { InPlaceSession, SharedTensor, SharedTensors } from '../engines/in-place.js'
import type { ModelGraph } from '../graph/graph.js'
import { writeOnnxFile } from '../graph/onnx-writer.js'
import type { Tensor } from '../graph/tensor.js'
import { dropoutKey } from './dropout-mask.js'
import type { EvaluationGraph } from './evaluation-graph.js'
import { atInference } from './inference-mode.js'
import type { Labels } from './labels.js'
import type { Optimizer } from './optimizers/index.js'
import { learningRateAt, type Schedule } from './schedule.js'
import type { StateBuffers } from './state-buffers.js'
import type { Program, StepGraphs } from './step-graph.js'
import { withWeights } from './trained-model.js'

/** What `openTrainer` has made ready. */
export interface TrainerParts {
  /** The model whose weights are trained, as it is saved. */
  readonly model: ModelGraph
  readonly graphs: StepGraphs
  readonly evaluation: EvaluationGraph
  readonly sessions: {
    readonly step: InPlaceSession
    readonly update?: InPlaceSession
    readonly evaluation: InPlaceSession
  }
  readonly buffers: StateBuffers
  readonly labels: Labels
  readonly optimizer: Optimizer
  readonly schedule: Schedule
  readonly seed: number
  /** Batches of one update. */
  readonly accumulate: number
  readonly fingerprint: string
  readonly notes: readonly string[]
  /** Channels that lie side by side in the weights of convolutions; absent where they lie as they are. */
  readonly channelBlock?: number
  readonly peakBytes: number
}

/** Trains a model that has a graph, on onnxruntime. */
export class GraphTrainer implements Trainer {
  /** What the user should know of how this model is trained. */
  readonly notes: readonly string[]
  /** Estimate of the memory of a step, bytes; NaN where it is not known. */
  readonly peakBytes: number
  readonly engine: EngineInfo
  readonly #parts: TrainerParts
  readonly #target: SharedTensor
  readonly #rowWeights: SharedTensor
  #updates = 0
  #steps = 0
  #summedRows = 0

  constructor(parts: TrainerParts) {
    const { sessions, labels, notes } = parts
    this.#parts = parts
    this.notes = notes
    const { info } = sessions.step
    const { channelBlock } = parts
    this.engine = channelBlock === undefined ? info : { ...info, options: { ...info.options, channelBlock } }
    this.peakBytes = parts.peakBytes
    this.#target = sessions.step.share('labels', labels.target)
    this.#rowWeights = sessions.step.share('row weights', labels.rowWeights)
  }

  /** Updates made so far. */
  get updates(): number {
    return this.#updates
  }

  /** Learning rate of the next update. */
  get learningRate(): number {
    return learningRateAt(this.#parts.schedule, this.#updates)
  }

  async step(batch: LabelledBatch): Promise<BatchOutcome> {
    const { graphs, sessions, labels, seed, accumulate } = this.#parts
    const isSummed = accumulate > 1
    const count = labels.write(batch.labels, isSummed ? () => 1 : (rows) => 1 / rows)
    const key = { dtype: 'uint32', shape: [2], data: dropoutKey(seed, this.#steps) } as const
    const dropout = graphs.dropoutKey
    const inputs = {
      ...this.#batchInputs(batch, graphs),
      ...(dropout === undefined ? {} : { [dropout]: sessions.step.share(dropout, key) }),
    }
    const results = await this.#run(sessions.step, graphs.step, inputs, [graphs.loss, graphs.output])
    const loss = scalarOf(results.get(graphs.loss)) / (isSummed ? count : 1)
    this.#accept(graphs.step, loss)
    this.#steps += 1
    if (!isSummed) this.#updates += 1
    else await this.#sumUp(count, loss)
    return { loss, correct: this.#countCorrect(batch, results.get(graphs.output)), count }
  }

  async evaluate(batch: LabelledBatch): Promise<BatchOutcome> {
    const { evaluation, sessions, labels, buffers, graphs } = this.#parts
    const count = labels.write(batch.labels, (rows) => 1 / rows)
    const inputs = { ...this.#batchInputs(batch, evaluation), ...buffers.inputs(graphs.evaluated) }
    const results = await sessions.evaluation.run(inputs, {}, [evaluation.loss, evaluation.output])
    const loss = scalarOf(results.get(evaluation.loss))
    return { loss, correct: this.#countCorrect(batch, results.get(evaluation.output)), count }
  }

  state(): Promise<TrainerState> {
    const { buffers, fingerprint } = this.#parts
    const counts = { updates: this.#updates, steps: this.#steps, summedRows: this.#summedRows }
    return Promise.resolve({ ...counts, tensors: buffers.copies(), fingerprint })
  }

  /** @throws {UsageError} `E_STATE` when the state is of another model or of other settings; nothing changes then */
  restore(state: TrainerState): Promise<void> {
    const { buffers, fingerprint } = this.#parts
    if (state.fingerprint !== fingerprint) {
      throw new UsageError('E_STATE', 'the state is of another model or of other settings', {
        hint: 'resume with the model and the options that the training was started with',
      })
    }
    buffers.restore(state.tensors)
    ;[this.#updates, this.#steps, this.#summedRows] = [state.updates, state.steps, state.summedRows]
    return Promise.resolve()
  }

  async save(path: string): Promise<void> {
    const { model, buffers, graphs } = this.#parts
    const trained = withWeights(atInference(model), graphs.evaluated, buffers)
    await writeOnnxFile(trained, path, { isDurable: true })
  }

  async close(): Promise<void> {
    const { step, update, evaluation } = this.#parts.sessions
    for (const session of [step, update, evaluation]) await session?.close()
  }

  #batchInputs({ input }: LabelledBatch, graph: StepGraphs | EvaluationGraph): SharedTensors {
    const { graphs, sessions } = this.#parts
    const [name = ''] = graphs.inputs
    return {
      [name]: sessions.step.share(name, input),
      [graph.target.name]: this.#target,
      [graph.rowWeights ?? '']: this.#rowWeights,
    }
  }

  #run(session: InPlaceSession, program: Program, inputs: SharedTensors, fetched: readonly string[]) {
    const { buffers, optimizer } = this.#parts
    const moving = optimizer.scalars(this.learningRate, this.#updates)
    const values: Readonly<Record<string, number>> = { ...moving, scale: 1 / this.#summedRows }
    const scalars = Object.entries(program.scalars).map(([what, name]) => {
      return [name, session.share(name, scalar(values[what] ?? Number.NaN))] as const
    })
    const state = buffers.inputs([...program.read, ...program.moved.map(({ name }) => name)])
    const all = { ...inputs, ...state, ...Object.fromEntries(scalars) }
    return session.run(all, buffers.outputs(program.moved), fetched)
  }

  /** Adds to the sums of gradients; at the last batch of an update they move the weights. */
  async #sumUp(rows: number, loss: number): Promise<void> {
    const { graphs, sessions, accumulate, buffers } = this.#parts
    this.#summedRows += rows
    if (this.#steps % accumulate !== 0 || graphs.update === undefined || sessions.update === undefined) return
    await this.#run(sessions.update, graphs.update, {}, [])
    for (const name of graphs.update.read) buffers.elements(name).fill(0)
    this.#summedRows = 0
    this.#accept(graphs.update, loss)
    this.#updates += 1
  }

  #accept(program: Program, loss: number): void {
    const { buffers } = this.#parts
    const broken = Number.isFinite(loss) ? buffers.brokenAfter(program.moved) : undefined
    if (!Number.isFinite(loss) || broken !== undefined) throw diverged(loss, broken, this.#steps + 1)
    buffers.advance(program.moved)
  }

  #countCorrect(batch: LabelledBatch, scores: Tensor | undefined): number {
    return scores === undefined ? 0 : this.#parts.labels.countCorrect(batch.labels, scores)
  }
}

const scalar = (value: number): Tensor => ({ dtype: 'float64', shape: [], data: Float64Array.of(value) })

const scalarOf = (tensor: Tensor | undefined): number => Number(tensor?.data[0] ?? Number.NaN)

function diverged(loss: number, broken: string | undefined, step: number): MeasurementError {
  const what = broken === undefined ? `the loss is ${loss}` : `"${broken}" is no finite number any more`
  return new MeasurementError('E_LOSS_NAN', `${what} after ${step} steps: the training does not converge`, {
    hint: 'lower the learning rate, or add a warm-up; check that the images are normalised as the model expects',
  })
}
