/** Optimizers and schedules against PyTorch: losses of 40 steps, and weights and running statistics behind them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../formats/index.js'
import { openTrainer } from '../../src/training/open-trainer.js'
import { type OptimizerOptions, optimizerOf } from '../../src/training/optimizers/index.js'
import { learningRateAt, type Schedule } from '../../src/training/schedule.js'
import { relativeError } from '../helpers/gradient-check.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

interface Case {
  readonly optimizer: OptimizerOptions
  readonly accumulate?: number
  readonly isPadded?: boolean
  readonly losses: readonly number[]
  readonly state: Readonly<Record<string, string>>
}

const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../golden/optimizers.json.gz', import.meta.url))).toString(),
) as {
  readonly onnx: string
  readonly images: readonly string[]
  readonly labels: readonly (readonly number[])[]
  readonly padded: readonly (readonly number[])[]
  readonly cases: Readonly<Record<string, Case>>
  readonly schedules: readonly (readonly [Schedule, readonly number[]])[]
}

/** PyTorch computed in float64, this in float32, whose differences grow from step to step. */
const TOLERANCE = 1e-4

const floatsOf = (base64: string): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer)

const path = join(temporaryFolder(), 'network.onnx')
writeFileSync(path, Buffer.from(golden.onnx, 'base64'))

async function train({ optimizer, accumulate = 1, isPadded = false, losses }: Case) {
  const model = await ModelFactory.withPredefinedFormats().open(path)
  const trainer = await openTrainer(model, {
    batchSize: 4,
    threads: 1,
    seed: 1,
    accumulate,
    optimizer,
    schedule: { kind: 'constant', rate: 0.05 },
  })
  const found: number[] = []
  for (const step of losses.keys()) {
    const index = step % golden.images.length
    const input = { dtype: 'float32', shape: [4, 2, 6, 6], data: floatsOf(golden.images[index] ?? '') } as const
    const labels = Int32Array.from((isPadded ? golden.padded : golden.labels)[index] ?? [])
    const outcome = await trainer.step({ input, labels })
    found.push(outcome.loss)
  }
  const { tensors } = await trainer.state()
  await trainer.close()
  return { found, tensors }
}

describe.each(Object.entries(golden.cases))('%s', (_, expected) => {
  test('gives the losses, weights and running statistics that PyTorch gives', async () => {
    const { found, tensors } = await train(expected)
    expect(relativeError(found, expected.losses)).toBeLessThan(TOLERANCE)
    for (const [name, values] of Object.entries(expected.state)) {
      expect
        .soft(relativeError(tensors.get(name)?.data as Float32Array, floatsOf(values)), name)
        .toBeLessThan(TOLERANCE)
    }
  })
})

test.each(golden.schedules)('%o gives the learning rates that PyTorch gives', (schedule, expected) => {
  const rates = expected.map((_, update) => learningRateAt(schedule, update))
  expect(relativeError(rates, expected)).toBeLessThan(1e-12)
})

const rate = fc.double({ min: 1e-6, max: 10, noNaN: true })
const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  fc.record({ kind: fc.constant('constant' as const), rate, warmUp: fc.nat(50) }),
  fc.record({ kind: fc.constant('step' as const), rate, every: fc.integer({ min: 1, max: 50 }), warmUp: fc.nat(50) }),
  fc.record({
    kind: fc.constant('cosine' as const),
    rate,
    updates: fc.integer({ min: 1, max: 200 }),
    warmUp: fc.nat(50),
  }),
)

test('a learning rate rises until the end of the warm-up, never again, and never over what was asked for', () => {
  fc.assert(
    fc.property(schedules, fc.nat(300), (schedule, update) => {
      const [now, next] = [learningRateAt(schedule, update), learningRateAt(schedule, update + 1)]
      const isRising = update + 1 < (schedule.warmUp ?? 0)
      expect(isRising ? next >= now : next <= Math.max(now, update + 1 === schedule.warmUp ? schedule.rate : 0)).toBe(
        true,
      )
      expect(now).toBeGreaterThanOrEqual(0)
      expect(now).toBeLessThanOrEqual(schedule.rate)
    }),
  )
})

test.each<[Schedule, string]>([
  [{ kind: 'constant', rate: Number.NaN }, 'the learning rate is NaN, expected at least 0'],
  [{ kind: 'constant', rate: 0.1, warmUp: 1.5 }, 'warm-up is 1.5, expected a whole number of updates, at least 0'],
  [{ kind: 'step', rate: 0.1, every: 0 }, 'the length of a step is 0, expected a whole number of updates, at least 1'],
  [{ kind: 'cosine', rate: 0.1, updates: 9, lowest: 1 }, 'the lowest learning rate is 1, expected from 0 to'],
])('%o is refused', (schedule, message) => {
  expect(() => learningRateAt(schedule, 0)).toThrow(message)
})

test.each<[OptimizerOptions, string]>([
  [{ kind: 'sgd', momentum: -1 }, 'momentum is -1, expected at least 0'],
  [{ kind: 'sgd', nesterov: true }, 'Nesterov needs momentum and no dampening, got 0 and 0'],
  [{ kind: 'adam', betas: [0.9, 1] }, 'beta is 1, expected in [0, 1)'],
  [{ kind: 'adamw', weightDecay: -0.1 }, 'weight decay is -0.1, expected at least 0'],
])('%o is refused', (options, message) => {
  expect(() => optimizerOf(options)).toThrow(message)
})
