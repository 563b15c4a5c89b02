import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkLimits, type Limit, readLimit, verdictText } from '../../../src/results/gate/limit.js'
import { METRICS } from '../../../src/results/gate/metric.js'
import { sampleInference, sampleInspection } from '../../helpers/sample-records.js'
import { sampleTraining } from '../../helpers/sample-training.js'

function limit(text: string): Limit {
  const read = readLimit(text)
  if ('problem' in read) throw new Error(read.problem)
  return read
}

describe('a limit', () => {
  test.each([
    ['energyPerInference>0.5J', 'energyPerInference', '>', 0.5],
    ['energyPerInference >= 600 mJ', 'energyPerInference', '>=', 0.6],
    ['ENERGYPERINFERENCE>1e-3Wh', 'energyPerInference', '>', 3.6],
    ['latency.p99>20ms', 'latency.p99', '>', 0.02],
    ['accuracy.top1<70%', 'accuracy.top1', '<', 0.7],
    ['accuracy.top1<.7', 'accuracy.top1', '<', 0.7],
    ['carbonPerInference>3µg', 'carbonPerInference', '>', 3e-6],
    ['power>65W', 'power', '>', 65],
    ['parameters>10M', 'parameters', '>', 1e7],
    ['modelBytes>1.5MiB', 'modelBytes', '>', 1_572_864],
    ['throughput<=30', 'throughput', '<=', 30],
  ])('%s is read in SI units', (text, name, operator, bound) => {
    const { metric, ...read } = limit(text)
    expect([metric.name, read.operator]).toEqual([name, operator])
    expect(read.bound).toBeCloseTo(bound, 12)
  })

  test.each([
    ['energyPerInference>0.5', 'needs a unit, one of J, mJ'],
    ['energyPerInference>0.5s', 'needs a unit'],
    ['latency.p99>20toString', 'needs a unit'],
    ['energy_per_inference>0.5J', 'there is no figure energy_per_inference'],
    ['energyPerInference=0.5J', 'is not of the form'],
    ['energyPerInference>-0.5J', 'is not of the form'],
    ['>0.5J', 'is not of the form'],
    ['', 'is not of the form'],
    ['energyPerInference>1e999J', '1e999 is more than any figure can be'],
    ['energyPerInference>1e305kWh', '1e305 is more than any figure can be'],
    ['parameters>1e400', '1e400 is more than any figure can be'],
  ])('%s cannot be read', (text, problem) => {
    expect(readLimit(text)).toMatchObject({ problem: expect.stringContaining(problem) })
  })

  test.each([
    ['accuracy.top1<70', 'no share is more than 1', 'accuracy.top1<70%'],
    ['ACCURACY.top1 < 1.5', 'no share is more than 1', 'accuracy.top1<1.5%'],
    ['energyPerInference>0,5J', 'decimals stand behind a point', 'energyPerInference>0.5J'],
  ])('%s cannot be read, and what it stood for is told', (text, problem, meant) => {
    expect(readLimit(text)).toEqual({ problem, meant })
  })

  test('is the number nearest to its decimals, in percent, thousands and thousandths', () => {
    const digits = fc.integer({ min: 0, max: 9999 })
    fc.assert(
      fc.property(digits, (hundredths) => {
        const text = (hundredths / 100).toFixed(2)
        expect(limit(`accuracy.top1<${text}%`).bound).toBe(hundredths / 10_000)
        expect(limit(`parameters>${text}M`).bound).toBe(hundredths * 10_000)
        expect(limit(`energyPerInference>${text}mJ`).bound).toBe(hundredths / 100_000)
      }),
    )
  })

  test('of any text is read or refused, quickly', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void readLimit(text)))
  })
})

describe('a record against a limit', () => {
  const check = (text: string, record = sampleInference()) => checkLimits([limit(text)], [record])[0]

  test.each([
    ['energyPerInference>0.5J', true, false],
    ['energyPerInference>0.61J', true, true],
    ['energyPerInference>0.62J', false, true],
    ['energyPerInference>1J', false, false],
    ['latency.p99>20ms', true, false],
    ['accuracy.top1<75%', true, false],
    ['accuracy.top1<70%', false, false],
  ])('%s: only the figure itself counts, and a bound within its interval is told', (text, isOver, isDoubtful) => {
    expect(check(text)).toMatchObject({ isOver, isDoubtful })
  })

  test('of so many tenths of a percent is not passed by that very share', () => {
    for (let tenths = 0; tenths <= 1000; tenths++) {
      const record = sampleInference()
      const accuracy = record.accuracy && { ...record.accuracy, top1: tenths / 1000 }
      const exact = { ...record, ...(accuracy && { accuracy }) }
      const over = ['<', '<=', '>=', '>'].map(
        (operator) => check(`accuracy.top1${operator}${(tenths / 10).toFixed(1)}%`, exact)?.isOver,
      )
      expect([tenths, ...over]).toEqual([tenths, false, true, true, false])
    }
  })

  test('is told in one line', () => {
    const verdict = check('energyPerInference>0.61J')
    expect(verdict && verdictText(verdict)).toBe(
      'resnet18, batch 1: energyPerInference is 612 ± 13 mJ, over the limit energyPerInference>0.61J; the limit lies within the 95% interval',
    )
  })

  test('that lacks the figure is refused with the reason of the record', () => {
    const { energy: _, ...record } = { ...sampleInference(), missing: [{ field: 'energy', reason: 'no profiler' }] }
    expect(() => checkLimits([limit('energyPerInference>1J')], [record])).toThrow(
      'cannot check energyPerInference>1J: resnet18: no profiler',
    )
  })

  test('every figure is in a record of its kinds, or absent', () => {
    for (const record of [sampleInspection(), sampleInference(), sampleTraining()]) {
      for (const metric of METRICS) {
        const figure = metric.of(record)
        if (!metric.kinds.includes(record.kind)) expect(figure).toBeUndefined()
        else if (figure !== undefined) expect(Number.isFinite(figure.value)).toBe(true)
      }
    }
  })
})
