import { describe, expect, test } from 'vitest'
import { crossChecks, crossCheckWarnings } from '../../benchmarks/cross-check.js'
import { energyRecord } from '../../benchmarks/energy-record.js'
import type { EnergyRecord } from '../../src/core/record.js'

type Domain = EnergyRecord['domains'][number]

const domain = (profiler: string, name: string, joules: number, more: Partial<Domain> = {}): Domain => ({
  profiler,
  name,
  joules,
  low: joules * 0.95,
  high: joules * 1.05,
  kind: 'measured',
  part: 'package',
  device: 'package-0',
  isCounted: false,
  ...more,
})
const counted = domain('rapl', 'package-0', 100, { isCounted: true })
const energyWith = (domains: readonly Domain[]) =>
  ({ crossChecks: crossChecks(domains) }) as unknown as Parameters<typeof crossCheckWarnings>[0]

describe('two sensors that saw the same', () => {
  test('are compared: the other one by the one that is counted', () => {
    expect(crossChecks([counted, domain('perf', 'package-0', 103)])).toEqual([
      {
        part: 'package',
        device: 'package-0',
        counted: { profiler: 'rapl', name: 'package-0', joules: 100 },
        other: { profiler: 'perf', name: 'package-0', joules: 103 },
        relative: expect.closeTo(0.03),
        isWithinErrors: true,
      },
    ])
  })

  test('a counter and the power over time of one board', () => {
    const board = { part: 'gpu', device: 'GPU-1' }
    const domains = [
      domain('nvml', 'gpu-0', 187, { ...board, isCounted: true }),
      domain('nvml', 'gpu-0/power', 327, board),
    ]
    expect(crossCheckWarnings(energyWith(domains))).toEqual([
      {
        code: 'W_SENSORS_DISAGREE',
        message: 'nvml gpu-0/power shows 75% more than nvml gpu-0, which is counted',
        hint: 'compare both with a meter at the socket',
      },
    ])
  })

  test('no warning where their errors explain the difference', () => {
    expect(crossCheckWarnings(energyWith([counted, domain('perf', 'package-0', 94)]))).toEqual([])
  })
})

test.each([
  ['another package', { device: 'package-1' }],
  ['another part', { part: 'core' }],
  ['what hangs on an unknown sensor', { part: 'other' }],
  ['a model', { kind: 'modelled' }],
])('%s is not compared', (_, more) => {
  expect(crossChecks([counted, domain('perf', 'x', 50, more)])).toEqual([])
})

test('a domain that lacks in a window is not compared, since the sums are of different times', () => {
  const window = (domains: readonly Domain[]) => ({
    energy: { joules: 100, seconds: 1, random: 0, kind: 'measured', measuredShare: 1, budget: [], domains },
    batches: 10,
  })
  const other = domain('perf', 'package-0', 100)
  const measurement = { windows: [window([counted, other]), window([counted])], stopReason: 'time budget spent' }
  const record = energyRecord(measurement as unknown as Parameters<typeof energyRecord>[0], 1)
  expect(record?.crossChecks).toBeUndefined()
})
