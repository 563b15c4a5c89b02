/** Time as the protocol sees it: real in a run, made up in a test. */
import { setTimeout as wait } from 'node:timers/promises'
import { type Seconds, seconds } from '../src/core/units.js'

/** Monotonic time, processor time of this process, and waiting. */
export interface Clock {
  /** Monotonic; only differences mean anything. */
  now(): Seconds
  /** User and system time of all threads of this process. */
  cpu(): Seconds
  date(): Date
  /** Resolves after `duration`, or as soon as `signal` aborts; never rejects. */
  sleep(duration: Seconds, signal?: AbortSignal): Promise<void>
}

/**
 * The machine's clock. `performance.now()` has nanoseconds in it and takes about 40 ns; `process.hrtime.bigint()`
 * takes twice that, for the bigint that it makes.
 */
export const systemClock: Clock = {
  now: () => seconds(performance.now() / 1000),
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return seconds((user + system) / 1e6)
  },
  date: () => new Date(),
  sleep: (duration, signal) =>
    wait(duration * 1000, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
}
