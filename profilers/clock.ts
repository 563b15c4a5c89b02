/** The one clock of every measurement: monotonic, and the same on every thread of the process. */
import { type Seconds, seconds } from '../src/core/units.js'

/** Gives the time in seconds since an arbitrary moment; never goes back. */
export type Clock = () => Seconds

/**
 * `CLOCK_MONOTONIC` in seconds: equal on every thread, so that readings of a worker and of the caller can be merged.
 * `performance.now()` is that clock less the start of the thread, and takes half the time of `process.hrtime()`.
 */
export const monotonicClock: Clock = () => {
  startOfThread ??= findStartOfThread()
  return seconds(startOfThread + performance.now() * 1e-3)
}

let startOfThread: number | undefined

/** Of several looks at both clocks that with the least time between them. */
function findStartOfThread(): number {
  const starts = Array.from({ length: 5 }, () => {
    const [whole, nanoseconds] = process.hrtime()
    return whole + nanoseconds * 1e-9 - performance.now() * 1e-3
  })
  return Math.max(...starts)
}
