import { expect, test } from 'vitest'
import { coolDown } from '../../benchmarks/cool-down.js'
import { seconds } from '../../src/core/units.js'
import { FakeClock } from '../helpers/fake-measurement.js'

/** A processor that loses half of what it is above 40 degrees every 5 s. */
async function cooled(limit: number, from: number, sensor: 'there' | 'absent' = 'there') {
  const clock = new FakeClock()
  const start = clock.time
  const celsius = sensor === 'there' ? 40 : undefined
  const readCelsius = async () =>
    celsius === undefined ? undefined : 40 + (from - 40) * 0.5 ** ((clock.time - start) / 5)
  const result = await coolDown(seconds(limit), celsius, { clock, readCelsius })
  return { waited: result.seconds, codes: result.warnings.map(({ code }) => code) }
}

test('waiting ends as soon as the processor is as cool as at the start', async () => {
  const { waited, codes } = await cooled(60, 72)
  // 32 degrees above become 2 after four halvings.
  expect(waited).toBeGreaterThanOrEqual(20)
  expect(waited).toBeLessThan(21)
  expect(codes).toEqual([])
})

test('a processor that is still warm at the end of the wait is a warning', async () => {
  expect(await cooled(5, 90)).toEqual({ waited: 5, codes: ['W_NOT_COOL'] })
})

test('without a temperature all of the time is waited', async () => {
  expect(await cooled(7, 90, 'absent')).toEqual({ waited: 7, codes: [] })
})

test('no time to wait is no wait', async () => {
  expect(await cooled(0, 90)).toEqual({ waited: 0, codes: [] })
})

test('an interrupt ends the wait', async () => {
  const clock = new FakeClock()
  const abort = new AbortController()
  clock.onAdvance = (time) => time > 1002 && abort.abort()
  const result = await coolDown(seconds(60), undefined, {
    clock,
    readCelsius: async () => undefined,
    signal: abort.signal,
  })
  expect(result.seconds).toBeLessThan(3)
})
