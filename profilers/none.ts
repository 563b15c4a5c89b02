/** The choice to measure no energy. */
import { monotonicClock } from './clock.js'
import { type Availability, type EnergyDomain, Profiler, type Reading } from './profiler.js'

/** Always there, counts nothing. */
export class NoneProfiler extends Profiler {
  readonly name = 'none'
  readonly kind = 'measured'

  async probe(): Promise<Availability> {
    return { isAvailable: true, detail: 'measures no energy' }
  }

  domains(): readonly EnergyDomain[] {
    return []
  }

  read(): Reading {
    return { at: monotonicClock(), values: [] }
  }
}
