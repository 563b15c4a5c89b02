/** The one clock of every measurement: monotonic, and the same on every thread of the process. */
import { type Seconds, seconds } from '../src/core/units.js'

/** Gives the time in seconds since an arbitrary moment; never goes back. */
export type Clock = () => Seconds

/** `CLOCK_MONOTONIC` in seconds: equal on every thread, so that readings of a worker and of the caller can be merged. */
export const monotonicClock: Clock = () => {
  const [whole, nanoseconds] = process.hrtime()
  return seconds(whole + nanoseconds * 1e-9)
}
