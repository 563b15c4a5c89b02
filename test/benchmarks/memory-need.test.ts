import fc from 'fast-check'
import { expect, test } from 'vitest'
import { refuseWhatCannotFit } from '../../benchmarks/memory-need.js'

const counts = (peakActivationBytes: number | undefined, bytes: number) => ({
  parameters: { total: 1, trainable: 1, nonTrainable: 0, bytes },
  ...(peakActivationBytes === undefined ? {} : { peakActivationBytes }),
  unknownOperators: [],
  assumptions: [],
})

test('what fits or is not known is let through', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (memoryBytes) => {
      refuseWhatCannotFit(counts(2 * memoryBytes, 8 * memoryBytes), { memoryBytes })
      refuseWhatCannotFit(counts(undefined, memoryBytes), { memoryBytes })
    }),
  )
})

test('what cannot fit is refused with both figures and a way out', () => {
  expect(() => refuseWhatCannotFit(counts(40e9, 1e9), { memoryBytes: 16e9 })).toThrow(
    expect.objectContaining({
      code: 'E_MEMORY',
      message: 'batch size 1 needs at least 20.0 GB for its activations, and there is 16.0 GB of memory',
      hint: expect.stringContaining('--batch'),
    }),
  )
})

test('the limit of a container counts', () => {
  const host = { memoryBytes: 64e9, memoryLimitBytes: 8e9 }
  expect(() => refuseWhatCannotFit(counts(20e9, 0), host)).toThrow('there is 8.00 GB')
})

test('beside models that are open the weights count too', () => {
  const host = { memoryBytes: 16e9 }
  expect(() => refuseWhatCannotFit(counts(2e9, 4e9), host, 12e9)).toThrow(
    'needs at least 5.00 GB beside the 12.0 GB of the models before it, and there is 16.0 GB of memory',
  )
  expect(() => refuseWhatCannotFit(counts(2e9, 4e9), host, 10e9)).not.toThrow()
})
