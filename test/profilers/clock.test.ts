import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { monotonicClock } from '../../profilers/clock.js'
import { compiledModule } from '../../profilers/compiled-module.js'

const hrtime = (): number => {
  const [whole, nanoseconds] = process.hrtime()
  return whole + nanoseconds * 1e-9
}

/** Seconds: how far two clocks may seem apart where each look at them takes long, as on some virtual machines. */
const LONGEST_LOOK = 1e-3

test('lies between two looks at the clock of the system', () => {
  for (let look = 0; look < 1000; look++) {
    const before = hrtime()
    const now = monotonicClock()
    const after = hrtime()
    expect(now).toBeGreaterThan(before - LONGEST_LOOK)
    expect(now).toBeLessThan(after + LONGEST_LOOK)
  }
})

test('is the same on another thread', async () => {
  const source = `import(${JSON.stringify(compiledModule('clock'))}).then(({ monotonicClock }) =>
    require('node:worker_threads').parentPort.on('message', () =>
      require('node:worker_threads').parentPort.postMessage(monotonicClock())))`
  const worker = new Worker(source, { eval: true })
  const ask = () =>
    new Promise<number>((resolve) => {
      worker.once('message', resolve)
      worker.postMessage('now')
    })
  for (let look = 0; look < 20; look++) {
    const before = monotonicClock()
    const there = await ask()
    expect(there).toBeGreaterThan(before - LONGEST_LOOK)
    expect(there).toBeLessThan(monotonicClock() + LONGEST_LOOK)
  }
  await worker.terminate()
})
