/** A model that a TensorFlow.js engine has opened. Weights go to the backend once; plans are made for each set of sizes. */
import type { Tensor as TfjsTensor } from '@tensorflow/tfjs-core'
import type { Model } from '../../../formats/format.js'
import type { ModelGraph, ValueInfo } from '../../graph/graph.js'
import type { Tensor } from '../../graph/tensor.js'
import type { BoundRun, EngineInfo, Session } from '../engine.js'
import { compilePlan } from './compile.js'
import { fromElements, tfjsType, toElements } from './elements.js'
import { givenInputs } from './given-inputs.js'
import { activate, type TfjsLibrary } from './library.js'
import { type Plan, type PlanResults, runPlan } from './plan.js'
import { PlanBuilder } from './plan-builder.js'
import { runError } from './run-error.js'

/** Holds memory of the backend until it is closed. */
export class TfjsSession implements Session {
  readonly info: EngineInfo
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly library: TfjsLibrary
  readonly model: string
  readonly #graph: ModelGraph
  readonly #constants = new Map<string, TfjsTensor>()
  readonly #plans = new Map<string, Plan>()

  constructor(library: TfjsLibrary, model: Model, graph: ModelGraph, info: EngineInfo) {
    this.library = library
    this.model = model.name
    this.info = info
    this.inputs = graph.main.inputs
    this.outputs = graph.main.outputs
    this.#graph = graph
  }

  bind(inputs: ReadonlyMap<string, Tensor>): BoundRun {
    return new TfjsRun(this, givenInputs(this.inputs, inputs, this.model))
  }

  /** Weights are read and rearranged when the first plan is made, which is before the first run. */
  planFor(shapes: ReadonlyMap<string, readonly number[]>): Plan {
    const key = JSON.stringify([...shapes])
    const before = this.#plans.get(key)
    if (before !== undefined) return before
    const plan = compilePlan(this.#graph, shapes, new PlanBuilder(this.library.tf, this.#constants))
    this.#plans.set(key, plan)
    return plan
  }

  close(): Promise<void> {
    for (const tensor of this.#constants.values()) tensor.dispose()
    this.#constants.clear()
    this.#plans.clear()
    return Promise.resolve()
  }
}

class TfjsRun implements BoundRun {
  readonly #session: TfjsSession
  readonly #inputs: ReadonlyMap<string, Tensor>
  readonly #plan: Plan
  #latest: PlanResults = new Map()

  constructor(session: TfjsSession, inputs: ReadonlyMap<string, Tensor>) {
    this.#session = session
    this.#inputs = inputs
    this.#plan = session.planFor(new Map([...inputs].map(([name, { shape }]) => [name, shape])))
  }

  /** Several engines of a process share the library, so that the backend is looked at before each run. */
  async run(): Promise<void> {
    const { tf, backend } = this.#session.library
    if (tf.getBackend() !== backend) await activate(tf, backend, this.#session.info.name)
    const feeds = new Map<string, TfjsTensor>()
    try {
      for (const [name, tensor] of this.#inputs) feeds.set(name, this.#upload(name, tensor))
      this.#latest = runPlan(tf, this.#plan, feeds)
    } catch (cause) {
      throw runError(cause, this.#session.model, this.#session.info.name, 'use --engine onnxruntime')
    } finally {
      for (const tensor of feeds.values()) tensor.dispose()
    }
  }

  outputs(): ReadonlyMap<string, Tensor> {
    const latest = this.#latest
    return new Map(
      this.#plan.outputs.flatMap(({ name, dtype, shape }) => {
        const values = latest.get(name)
        return values === undefined ? [] : [[name, { dtype, shape, data: fromElements(dtype, values) }]]
      }),
    )
  }

  #upload(name: string, tensor: Tensor): TfjsTensor {
    const type = tfjsType(tensor.dtype, `input ${name}`)
    return this.#session.library.tf.tensor(toElements(tensor, `input ${name}`), [...tensor.shape], type)
  }
}
