import { describe, expect, test } from 'vitest'
import { LatencyRecorder } from '../../benchmarks/latency-recorder.js'
import { runFor } from '../../benchmarks/timed-loop.js'
import { seconds } from '../../src/core/units.js'
import { FakeClock, FakeRun } from '../helpers/fake-measurement.js'

function scene(latency: (run: number) => number) {
  const clock = new FakeClock()
  const run = new FakeRun(clock, latency)
  const recorder = new LatencyRecorder(1024)
  const loop = (duration: number, signal?: AbortSignal) =>
    runFor({ runs: [run], next: 0 }, seconds(duration), clock, recorder, { signal })
  return { clock, run, recorder, loop }
}

describe('timed loop', () => {
  test('runs for the time given, and at least once', async () => {
    const { loop, recorder } = scene(() => 0.01)
    expect(await loop(0.095)).toMatchObject({
      batches: 10,
      seconds: expect.closeTo(0.1),
      busySeconds: expect.closeTo(0.1),
    })
    expect(await loop(0)).toMatchObject({ batches: 1 })
    expect(recorder.count).toBe(11)
  })

  test('goes on with the batch that comes next', async () => {
    const clock = new FakeClock()
    const runs = [1, 2, 3].map(() => new FakeRun(clock, () => 1))
    const pool = { runs, next: 0 }
    for (const duration of [2, 2]) await runFor(pool, seconds(duration), clock, new LatencyRecorder(8))
    expect(runs.map((run) => run.runs)).toEqual([2, 1, 1])
  })

  test('hears an abort that comes as an event, though the engine never lets the event loop turn', async () => {
    const abort = new AbortController()
    const { loop, run } = scene(() => 0.01)
    setImmediate(() => abort.abort())
    await loop(1e6, abort.signal)
    expect(run.runs).toBeLessThan(100)
  })

  test('ends with the failure of a run and the batches before it', async () => {
    const failure = new Error('gone')
    const { loop } = scene((run) => {
      if (run === 3) throw failure
      return 1
    })
    expect(await loop(10)).toMatchObject({ batches: 3, seconds: expect.closeTo(3), failure })
  })

  test('needs a batch', async () => {
    const result = await runFor({ runs: [], next: 0 }, seconds(1), new FakeClock(), new LatencyRecorder(2))
    expect(result).toMatchObject({ batches: 0, failure: expect.any(RangeError) })
  })
})
