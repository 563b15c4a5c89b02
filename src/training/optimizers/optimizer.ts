/** What an optimizer is: what it keeps of each weight, what changes from update to update, and its update as a graph. */
import type { Emitter } from '../emitter.js'

/** Which optimizer, with its settings as PyTorch names and defines them. */
export type OptimizerOptions = SgdOptions | AdamOptions

/** @see https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html */
export interface SgdOptions extends DecayOptions {
  readonly kind: 'sgd'
  /** 0 when left out, as all below. */
  readonly momentum?: number
  readonly dampening?: number
  readonly nesterov?: boolean
}

/**
 * `adam` adds the decay to the gradient, `adamw` takes it off the weight.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html
 */
export interface AdamOptions extends DecayOptions {
  readonly kind: 'adam' | 'adamw'
  /** 0.9 and 0.999 when left out. */
  readonly betas?: readonly [number, number]
  /** 1e-8 when left out. */
  readonly epsilon?: number
}

/** Pulls weights towards 0. */
export interface DecayOptions {
  /** 0 when left out, 0.01 for `adamw`, as in PyTorch. */
  readonly weightDecay?: number
  /**
   * `all`, as PyTorch does with `model.parameters()`, or `matrices`: weights of two and more dimensions alone, so neither
   * biases nor scales of normalisations. `all` when left out.
   */
  readonly decays?: 'all' | 'matrices'
}

/** One weight and its gradient, in the graph. */
export interface UpdateView {
  readonly emit: Emitter
  readonly weight: string
  readonly gradient: string
  /** Whether the decay takes hold of this weight. */
  readonly isDecayed: boolean
  /** What the optimizer kept of it, by slot: zeros before the first update. */
  readonly slots: Readonly<Record<string, string>>
  /** What changes from update to update, by name, in the type of the weight. */
  readonly scalars: Readonly<Record<string, string>>
  /** A constant in the type of the weight. */
  constant(value: number): string
}

/** The weight and what is kept of it, after the update. */
export interface WrittenUpdate {
  readonly weight: string
  readonly slots: Readonly<Record<string, string>>
}

/** An optimizer with its settings. */
export interface Optimizer {
  /** Names of what it keeps of each weight, in its shape. */
  readonly slots: readonly string[]
  /**
   * Numbers that are the same for all weights but change from update to update; they are computed here, in float64.
   *
   * @param rate - learning rate
   * @param update - updates made so far
   */
  scalars(rate: number, update: number): Readonly<Record<string, number>>
  write(view: UpdateView): WrittenUpdate
}
