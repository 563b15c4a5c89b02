import { afterAll } from 'vitest'
import { EstimateProfiler } from '../../profilers/estimate.js'
import { NoneProfiler } from '../../profilers/none.js'
import type { Profiler } from '../../profilers/profiler.js'
import { RaplProfiler } from '../../profilers/rapl.js'
import { profilerContract } from '../contract/profiler-contract.js'
import { SimulatedMachine } from '../helpers/simulated-machine.js'

const machine = new SimulatedMachine({
  zones: [
    { folder: 'intel-rapl:0', name: 'package-0', watts: () => 40 },
    { folder: 'intel-rapl:0:0', name: 'core', watts: () => 30 },
    { folder: 'intel-rapl:0:1', name: 'dram', watts: () => 5 },
    { folder: 'intel-rapl:1', name: 'psys', watts: () => 60 },
  ],
  load: () => 0.5,
})
afterAll(() => machine.remove())
const { root } = machine
const advance = (): void => machine.advance(1)

const plugin: { makeWallMeter: () => Profiler } = await import(
  new URL('../fixtures/plugins/wall-meter.mjs', import.meta.url).href
)

profilerContract('rapl', {
  make: () => new RaplProfiler({ root }),
  makeAbsent: () => new RaplProfiler({ root: '/nowhere' }),
  advance,
})
profilerContract('estimate', {
  make: () => new EstimateProfiler({ root }),
  makeAbsent: () => new EstimateProfiler({ root: '/nowhere' }),
  advance,
})
profilerContract('estimate of this machine', { make: () => new EstimateProfiler() })
profilerContract('none', { make: () => new NoneProfiler() })
profilerContract('a profiler of a user', { make: plugin.makeWallMeter })
