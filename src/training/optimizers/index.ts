/** Makes optimizers of their settings. */
import { UsageError } from '../../core/errors.js'
import { adam } from './adam.js'
import type { Optimizer, OptimizerOptions } from './optimizer.js'
import { sgd } from './sgd.js'

export type * from './optimizer.js'

/** @throws {UsageError} `E_OPTIMIZER` for settings that PyTorch refuses too */
export function optimizerOf(options: OptimizerOptions): Optimizer {
  refuseUnless('weight decay', options.weightDecay ?? 0, (decay) => decay >= 0, 'at least 0')
  if (options.kind !== 'sgd') {
    for (const beta of options.betas ?? []) refuseUnless('beta', beta, (value) => value >= 0 && value < 1, 'in [0, 1)')
    refuseUnless('epsilon', options.epsilon ?? 1e-8, (epsilon) => epsilon >= 0, 'at least 0')
    return adam(options)
  }
  const { momentum = 0, dampening = 0, nesterov = false } = options
  refuseUnless('momentum', momentum, (value) => value >= 0, 'at least 0')
  if (nesterov && (momentum === 0 || dampening !== 0)) {
    throw new UsageError('E_OPTIMIZER', `Nesterov needs momentum and no dampening, got ${momentum} and ${dampening}`)
  }
  return sgd(options)
}

/** @returns whether the decay takes hold of a weight of that shape */
export function isDecayed({ decays = 'all' }: OptimizerOptions, shape: readonly number[]): boolean {
  return decays === 'all' || shape.filter((size) => size > 1).length > 1
}

function refuseUnless(what: string, value: number, isGood: (value: number) => boolean, expected: string): void {
  if (Number.isFinite(value) && isGood(value)) return
  throw new UsageError('E_OPTIMIZER', `${what} is ${value}, expected ${expected}`)
}
