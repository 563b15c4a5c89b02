/**
 * Compares what greenbench says that it takes itself with what the kernel accounts. The model of these runs does nothing, so
 * that all that the process used in the windows is greenbench's own.
 *
 *   node perf/own-cost.mjs [rounds]
 */

import { systemClock as clock } from '../dist/benchmarks/clock.js'
import { ownCost } from '../dist/benchmarks/own-cost.js'
import { runProtocol } from '../dist/benchmarks/protocol.js'
import { planProtocol } from '../dist/benchmarks/protocol-plan.js'
import { openMeter } from '../dist/profilers/index.js'

const rounds = Number(process.argv[2] ?? 3)

const NOTHING = { run: () => Promise.resolve(), outputs: () => new Map() }

for (let round = 0; round < rounds; round++) {
  const meter = await openMeter({ profilers: ['estimate'], samplingInterval: 0.1 })
  const options = { model: 'nothing', maxDuration: 4, minDuration: 1, targetInterval: 1e-9, idleDuration: 0 }
  const parts = { pool: { runs: [NOTHING], next: 0 }, batchSize: 1, clock, meter }
  const measurement = await runProtocol(planProtocol(options, meter), parts)
  await meter.close()
  const sum = (pick) => measurement.windows.reduce((total, window) => total + pick(window), 0)
  const told = ownCost(measurement, undefined).cpuSeconds
  const accounted = sum(({ cpuSeconds }) => cpuSeconds)
  console.log(
    `${sum(({ batches }) => batches)} batches: told ${told.toFixed(3)} s of CPU time,`,
    `kernel ${accounted.toFixed(3)} s, ${(told / accounted).toFixed(2)}x`,
  )
}
