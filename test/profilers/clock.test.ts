import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { monotonicClock } from '../../profilers/clock.js'
import { compiledModule } from '../../profilers/compiled-module.js'

const hrtime = (): number => {
  const [whole, nanoseconds] = process.hrtime()
  return whole + nanoseconds * 1e-9
}

test('lies between two looks at the clock of the system', () => {
  for (let look = 0; look < 1000; look++) {
    const before = hrtime()
    const now = monotonicClock()
    const after = hrtime()
    expect(now).toBeGreaterThan(before - 2e-6)
    expect(now).toBeLessThan(after + 2e-6)
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
    expect(there).toBeGreaterThan(before - 2e-6)
    expect(there).toBeLessThan(monotonicClock() + 2e-6)
  }
  await worker.terminate()
})
