import { describe, expect, test } from 'vitest'
import { openFootprint } from '../../benchmarks/footprint.js'
import { roughEstimate } from '../../benchmarks/rough-estimate.js'

const noon = new Date(2026, 5, 10, 12)
const footprint = () => openFootprint({ carbonIntensity: 100 }, () => noon)

describe('a rough estimate', () => {
  // Rows of Cloud Carbon Footprint per logical CPU, at full load, for one hour of 10 of them.
  test.each([
    ['Intel Xeon Platinum 8175M', 4.104],
    ['Intel Xeon Platinum 8275CL', 4.063],
    ['Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz', 3.758],
    ['Intel Xeon Platinum 8488C', 4.16],
    ['AMD EPYC 7571', 2.604],
    ['AMD EPYC 7R32', 1.693],
    ['AMD EPYC 7763 64-Core Processor', 1.957],
    ['AMD EPYC 9654', 2.282],
  ])('knows the generation of %s', async (cpu, watts) => {
    const { energy } = roughEstimate({ hours: 1, cpu, threads: 10, cpuUtilisation: 1 }, await footprint(), noon)
    expect(energy.kilowattHours).toBeCloseTo(watts / 100, 9)
  })

  // A desktop processor of 65 W by its name.
  test('takes the usual power of a desktop processor', async () => {
    const { parts } = roughEstimate({ hours: 1, cpu: 'AMD Ryzen 5 3600 6-Core Processor' }, await footprint(), noon)
    expect(parts[0]?.source).toContain('65 W')
  })

  // 100 GB x 0.392 W/GB x 10 h = 0.392 kWh: 39.2 g.
  test('adds memory', async () => {
    const { energy, carbon } = roughEstimate({ hours: 10, memory: 100 }, await footprint(), noon)
    expect(energy.kilowattHours).toBeCloseTo(0.392, 9)
    expect(carbon.grams).toBeCloseTo(39.2, 6)
  })

  test.each([
    [{ hours: 0, cpuTdp: 65 }],
    [{ hours: Number.NaN, cpuTdp: 65 }],
    [{ hours: 1 }],
    [{ hours: 1, cpuTdp: 65, cpuUtilisation: 1.1 }],
    [{ hours: 1, gpu: 'A100', gpus: -1 }],
  ])('of %o is refused', async (run) => {
    const place = await footprint()
    expect(() => roughEstimate(run, place, noon)).toThrow(expect.objectContaining({ code: 'E_ESTIMATE' }))
  })
})
