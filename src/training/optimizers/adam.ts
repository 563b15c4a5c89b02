/** Adam and AdamW, as PyTorch defines them. */
import type { AdamOptions, Optimizer, UpdateView, WrittenUpdate } from './optimizer.js'

/**
 * m' = b1 * m + (1 - b1) * g, v' = b2 * v + (1 - b2) * g^2,
 * w' = w - rate / (1 - b1^t) * m' / (sqrt(v') / sqrt(1 - b2^t) + epsilon), t counted from 1.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
 */
export function adam(options: AdamOptions): Optimizer {
  const { kind, betas: [first, second] = [0.9, 0.999] } = options
  const weightDecay = options.weightDecay ?? (kind === 'adamw' ? 0.01 : 0)
  return {
    slots: ['first', 'second'],
    scalars: (rate, update) => ({
      stepSize: rate / (1 - first ** (update + 1)),
      correction: 1 / Math.sqrt(1 - second ** (update + 1)),
      ...(kind === 'adamw' && weightDecay !== 0 ? { keep: 1 - rate * weightDecay } : {}),
    }),
    write: (view) => writeAdam(view, { ...options, weightDecay }),
  }
}

function writeAdam(view: UpdateView, options: AdamOptions): WrittenUpdate {
  const { emit, slots, scalars } = view
  const { betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0 } = options
  const isDecayed = view.isDecayed && weightDecay !== 0
  const decay = options.kind === 'adam' && isDecayed ? [emit.mul(view.weight, view.constant(weightDecay))] : []
  const gradient = emit.sum([view.gradient, ...decay])
  const mean = (slot: string, value: string, beta: number) =>
    emit.add(emit.mul(slot, view.constant(beta)), emit.mul(value, view.constant(1 - beta)))
  const first = mean(slots.first ?? '', gradient, betas[0])
  const second = mean(slots.second ?? '', emit.square(gradient), betas[1])
  const root = emit.mul(emit.op('Sqrt', [second]), scalars.correction ?? '')
  const step = emit.mul(emit.div(first, emit.add(root, view.constant(epsilon))), scalars.stepSize ?? '')
  const isKept = isDecayed && scalars.keep !== undefined
  const weight = isKept ? emit.mul(view.weight, scalars.keep ?? '') : view.weight
  return { weight: emit.sub(weight, step), slots: { first, second } }
}
