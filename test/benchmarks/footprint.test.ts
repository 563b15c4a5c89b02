import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openFootprint } from '../../benchmarks/footprint.js'
import { footprintRecord, type RunEnergy } from '../../benchmarks/footprint-record.js'
import { readDailyTable } from '../../src/carbon/daily-table.js'
import { readPrice } from '../../src/carbon/price.js'

const at = (hours: number, minutes = 0) => new Date(2026, 5, 10, hours, minutes)
const exact = (joules: number) => ({ joules, low: joules, high: joules })
/** 7.2 MJ = 2 kWh in two windows of an hour, 1,000 inferences, an hour before and an hour after 8:00. */
const energy: RunEnergy = {
  perInference: exact(7200),
  gross: exact(7.2e6),
  inferences: 1000,
  seconds: 7200,
  windows: [
    { start: at(7), end: at(8), joules: 5.4e6 },
    { start: at(8), end: at(9), joules: 1.8e6 },
  ],
}
const open = (options: Parameters<typeof openFootprint>[0]) => openFootprint(options, () => at(7))

describe('a footprint', () => {
  // 2 kWh x 1.5 x 100 g/kWh = 300 g, 0.3 g each; 2 kWh x 2 L = 4 L; 3 kWh x 0.40 = 1.20.
  test('follows from the energy', async () => {
    await using footprint = await open({ carbonIntensity: 100, pue: 1.5, wue: 2, price: readPrice('0.40 EUR') })
    const { carbon, water, cost, equivalents } = footprintRecord(energy, footprint)
    expect(carbon?.total.grams).toBeCloseTo(300, 9)
    expect(carbon?.perInference.grams).toBeCloseTo(0.3, 12)
    expect(water).toEqual({ wue: 2, perInference: 0.004, total: 4 })
    expect(cost).toEqual({
      perInference: expect.closeTo(0.0012, 12),
      total: expect.closeTo(1.2, 12),
      perKwh: expect.closeTo(0.4, 12),
      currency: 'EUR',
    })
    // A million inferences: 3,000 kWh and 300 kg.
    expect(equivalents?.map(({ inferences }) => inferences)).toEqual([1e6, 1e6, 1e6])
    expect(equivalents?.[0]?.amount).toBeCloseTo(300_000 / (393 / 1.609344), 6)
  })

  // Three quarters of the energy at 40 g, one at 80 g: a mean of 50 g/kWh, 2 kWh: 100 g. 1.5 kWh x 0.20 + 0.5 x 0.40.
  test('meets intensity and price of each hour', async () => {
    const isAny = () => true
    await using footprint = await open({
      carbonIntensity: readDailyTable('{"8:00-20:00": 80, "20:00-8:00": 40}', isAny),
      price: readPrice('{"8:00-20:00": 0.40, "20:00-8:00": 0.20}'),
    })
    const { carbon, cost } = footprintRecord(energy, footprint)
    expect(carbon?.factor).toMatchObject({ gramsPerKwh: 50, lowest: 40, highest: 80 })
    expect(carbon?.total.grams).toBeCloseTo(100, 9)
    expect(cost?.total).toBeCloseTo(0.5, 12)
  })

  // 1,461 kg over 4 years are 1 kg a day: half of it for 7.2 s is 1000 g / 86400 s x 7.2 s / 2 = 41.667 mg.
  test('has the share of the machine in its SCI', async () => {
    await using footprint = await open({
      carbonIntensity: 100,
      embodied: { kilograms: 1461, lifespanYears: 4, share: 0.5 },
    })
    const { carbon } = footprintRecord(energy, footprint)
    expect(carbon?.sci?.embodied).toBeCloseTo(0.0416667, 6)
    expect(carbon?.sci?.operational).toBe(carbon?.perInference.grams)
    expect(carbon?.sci?.grams).toBeCloseTo(0.2 + 0.0416667, 6)
  })

  test('of a cloud region has the PUE of its provider, unless the user knows better', async () => {
    await using cloud = await open({ cloud: 'gcp:europe-west9' })
    expect(footprintRecord(energy, cloud).carbon).toMatchObject({
      pue: 1.1,
      pueSource: expect.stringContaining('Cloud Carbon Footprint'),
      factor: { zone: 'FR', place: 'gcp:europe-west9', marginal: { gramsPerKwh: expect.any(Number) } },
    })
    await using own = await open({ cloud: 'gcp:europe-west9', pue: 1.4 })
    expect(own.pue).toBe(1.4)
    expect(own).not.toHaveProperty('pueSource')
  })

  test.each([
    [{ pue: 0.9 }, 'E_PUE'],
    [{ wue: -1 }, 'E_WUE'],
    [{ embodied: { kilograms: -1 } }, 'E_EMBODIED'],
    [{ country: 'Atlantis' }, 'E_COUNTRY'],
    [{ carbonIntensity: -1 }, 'E_CARBON_INTENSITY'],
  ])('of %o is refused before anything runs', async (options, code) => {
    await expect(open(options)).rejects.toMatchObject({ code })
  })
})

describe('a live footprint', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: at(7) }))
  afterEach(() => void vi.useRealTimers())

  const answering = (...answers: readonly (number | undefined)[]) => {
    const left = [...answers]
    const fetch = async () => {
      const grams = left.shift()
      if (grams === undefined) return new Response('', { status: 401 })
      return Response.json({ carbonIntensity: grams, datetime: new Date().toISOString() })
    }
    const live = { access: { electricityMapsKey: 'k' }, cache: null, network: { fetch, wait: async () => {} } }
    return openFootprint({ country: 'FR', live }, () => new Date())
  }

  test('asks again while the run lasts, and each window meets the figure of its time', async () => {
    await using footprint = await answering(40, 80)
    expect(footprint.factor).toMatchObject({ gramsPerKwh: 40, source: 'Electricity Maps' })
    await vi.advanceTimersByTimeAsync(5 * 60_000)
    await vi.waitFor(() => expect(footprint.series()).toBeDefined(), { timeout: 60_000 })
    const windows = [
      { start: at(7), end: at(7, 5), joules: 3e6 },
      { start: at(7, 5), end: at(7, 10), joules: 1e6 },
    ]
    expect(footprintRecord({ ...energy, windows }, footprint).carbon?.factor).toMatchObject({
      gramsPerKwh: 50,
      lowest: 40,
      highest: 80,
      at: at(7).toISOString(),
    })
  })

  test('keeps the last figure where a later question fails', async () => {
    await using footprint = await answering(40, undefined)
    await vi.advanceTimersByTimeAsync(5 * 60_000)
    expect(footprintRecord(energy, footprint).carbon?.factor.gramsPerKwh).toBe(40)
  })

  test('is the yearly one with a warning where the first fails', async () => {
    await using footprint = await answering(undefined)
    expect(footprint.factor.warnings).toEqual([expect.objectContaining({ code: 'W_CARBON_LIVE' })])
    expect(footprint.factor.source).toContain('@tgwf/co2')
  })
})
