/** Stochastic gradient descent with momentum, as PyTorch defines it. */
import type { Optimizer, SgdOptions, UpdateView, WrittenUpdate } from './optimizer.js'

/**
 * v' = momentum * v + (1 - dampening) * g, w' = w - rate * v'; the first update is not dampened. With Nesterov the weight
 * follows g + momentum * v'.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
 */
export function sgd(options: SgdOptions): Optimizer {
  const { momentum = 0, dampening = 0 } = options
  const isDampened = momentum !== 0 && dampening !== 0
  return {
    slots: momentum === 0 ? [] : ['momentum'],
    scalars: (rate, update) => (isDampened ? { rate, share: update === 0 ? 1 : 1 - dampening } : { rate }),
    write: (view) => writeSgd(view, options),
  }
}

function writeSgd(view: UpdateView, { momentum = 0, nesterov = false, weightDecay = 0 }: SgdOptions): WrittenUpdate {
  const { emit, weight, slots, scalars } = view
  const { rate = '', share } = scalars
  const decay = view.isDecayed && weightDecay !== 0 ? [emit.mul(weight, view.constant(weightDecay))] : []
  const follow = (direction: string) => emit.sub(weight, emit.mul(direction, rate))
  if (momentum === 0) return { weight: follow(emit.sum([view.gradient, ...decay])), slots: {} }
  const kept = emit.mul(slots.momentum ?? '', view.constant(momentum))
  const isPlain = share === undefined && !nesterov
  if (isPlain) {
    const velocity = emit.sum([kept, view.gradient, ...decay])
    return { weight: follow(velocity), slots: { momentum: velocity } }
  }
  const gradient = emit.sum([view.gradient, ...decay])
  const velocity = emit.add(kept, share === undefined ? gradient : emit.mul(gradient, share))
  const direction = nesterov ? emit.add(gradient, emit.mul(velocity, view.constant(momentum))) : velocity
  return { weight: follow(direction), slots: { momentum: velocity } }
}
