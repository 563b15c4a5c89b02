// A profiler of your own: a power meter at the wall whose driver keeps the present watts in a text file.
//   PLUG_WATTS_FILE=/run/plug/watts \
//     greenbench model.onnx --synthetic --plugin docs/examples/plug-profiler.js --profiler plug
import { readFileSync } from 'node:fs'
import { monotonicClock, Profiler } from 'greenbench/profilers'

export class PlugProfiler extends Profiler {
  name = 'plug'
  kind = 'measured'

  constructor(file) {
    super()
    this.file = file
    // How the sampling thread makes the same profiler again; without it the main thread has to read the sensor.
    this.source = { module: import.meta.url, factory: 'makePlug', options: file }
  }

  // Called once before anything else; says why not, and what to do about it.
  async probe() {
    if (!this.file) {
      return { isAvailable: false, reason: 'no file is named', fix: 'set PLUG_WATTS_FILE to the file with the watts' }
    }
    const watts = readWatts(this.file)
    if (watts === undefined) return { isAvailable: false, reason: `${this.file} holds no number` }
    return { isAvailable: true, detail: `${this.file}, now ${watts} W` }
  }

  // Everything behind the plug. The meter's data sheet says: ten values a second, 2%.
  domains() {
    return [
      { name: 'wall', part: 'system', counter: 'power', updatePeriod: 0.1, isCounted: true, low: 0.98, high: 1.02 },
    ]
  }

  read() {
    return { at: monotonicClock(), values: [readWatts(this.file)] }
  }
}

/** A reading that fails is `undefined`: a gap, never 0. */
function readWatts(file) {
  try {
    const watts = Number.parseFloat(readFileSync(file, 'utf8'))
    return Number.isFinite(watts) && watts >= 0 ? watts : undefined
  } catch {
    return undefined // the driver is writing, or gone
  }
}

/** Called by the sampling thread with the `options` of `source`. */
export const makePlug = (file) => new PlugProfiler(file)

/** @type {import('greenbench').Plugin} */
export default function register({ profilers }) {
  profilers.register('plug', () => new PlugProfiler(process.env.PLUG_WATTS_FILE))
}
