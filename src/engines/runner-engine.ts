/** Lets a format of a user that runs its own models take part in every benchmark. */
import type { Model, Runner } from '../../formats/format.js'
import { GreenbenchError, UnsupportedError, UsageError } from '../core/errors.js'
import type { ValueInfo } from '../graph/graph.js'
import type { Tensor } from '../graph/tensor.js'
import type { BoundRun, Engine, EngineInfo, EngineOptions, Session } from './engine.js'

/** @returns an engine for models that bring `createRunner` */
export function runnerEngine(): Engine {
  return { name: 'runner', load }
}

async function load(model: Model, options: EngineOptions): Promise<Session> {
  if (model.createRunner === undefined) {
    throw new UnsupportedError('E_NO_RUNNER', `${model.name} (${model.format}) cannot be run`, {
      hint: 'its format must give a graph, or createRunner()',
    })
  }
  const { threads, batchSize = 1, signal } = options
  const runner = await model.createRunner({ batchSize, threads, ...(signal === undefined ? {} : { signal }) })
  return new RunnerSession(model, runner, {
    name: model.format,
    version: 'unknown',
    executionProvider: options.executionProvider ?? 'cpu',
    threads,
    options: {},
  })
}

class RunnerSession implements Session {
  readonly info: EngineInfo
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly #runner: Runner
  #isClosed = false

  constructor(model: Model, runner: Runner, info: EngineInfo) {
    this.info = info
    this.inputs = model.inputs
    this.outputs = model.outputs
    this.#runner = runner
  }

  bind(inputs: ReadonlyMap<string, Tensor>): BoundRun {
    const ordered = this.inputs.map(({ name }) => {
      const tensor = inputs.get(name)
      if (tensor !== undefined) return tensor
      throw new UsageError('E_INPUT_MISSING', `input ${name} was given no values`)
    })
    return new RunnerRun(this.#runner, ordered, this.outputs)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#runner.close()
  }
}

class RunnerRun implements BoundRun {
  readonly #runner: Runner
  readonly #inputs: readonly Tensor[]
  readonly #outputs: readonly ValueInfo[]
  #latest: readonly Tensor[] = []

  constructor(runner: Runner, inputs: readonly Tensor[], outputs: readonly ValueInfo[]) {
    this.#runner = runner
    this.#inputs = inputs
    this.#outputs = outputs
  }

  async run(): Promise<void> {
    try {
      this.#latest = await this.#runner.run(this.#inputs)
    } catch (cause) {
      if (cause instanceof GreenbenchError) throw cause
      const said = cause instanceof Error ? cause.message : String(cause)
      throw new UnsupportedError('E_ENGINE_RUN', `the model's own runner failed: ${said}`, { cause })
    }
  }

  outputs(): ReadonlyMap<string, Tensor> {
    return new Map(this.#latest.map((tensor, index) => [this.#outputs[index]?.name ?? `output_${index}`, tensor]))
  }
}
