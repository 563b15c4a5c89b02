/** The loops of the sampling thread: sleep, read what is due, sleep. */
import { monotonicClock } from './clock.js'
import type { Track } from './sampling-track.js'
import type { SystemCalls } from './system-calls.js'

/** Timers wake up to a millisecond early; reading then is better than sleeping again. */
const EARLY = 0.001
/**
 * Spent on getting ready: compiled code saves some 0.03 ms a reading, so that a rehearsal of so many milliseconds for each
 * reading a second has paid for itself after half a minute, however often it reads.
 */
const REHEARSAL = { millisecondsPerHertz: 1, milliseconds: 10, rounds: 2000 }

/** Reads what is due. @returns milliseconds until the next is */
function readDue(tracks: readonly Track[]): number {
  const next = readUntil(tracks, monotonicClock() + EARLY)
  return Math.max(0, (next - monotonicClock()) * 1000)
}

/** @returns the time of the next reading, seconds */
function readUntil(tracks: readonly Track[], now: number): number {
  let next = Number.POSITIVE_INFINITY
  for (const track of tracks) {
    if (track.due <= now) track.read()
    if (track.due < next) next = track.due
  }
  return next
}

/**
 * Runs the very code of the loop until it is compiled, calls that a reading makes only later included: a thread that wakes
 * up ten times a second finds its caches cold, and machine code then takes a third of the time of an interpreter.
 *
 * @param tracks - always due, of the same profilers, whose readings nobody looks at
 * @param interval - seconds between the readings to come
 * @param calls - where `sampleByCalls` will read them
 */
export function rehearse(tracks: readonly Track[], interval: number, calls?: SystemCalls): void {
  if (tracks.length === 0) return
  const end = performance.now() + Math.min(REHEARSAL.milliseconds, REHEARSAL.millisecondsPerHertz / interval)
  for (let round = 0; round < REHEARSAL.rounds && performance.now() < end; round++) {
    if (calls === undefined) readDue(tracks)
    else readAfter(0, tracks, calls)
  }
}

/** Sleeps and reads by calls of the C library; `terminate()` ends it at the next reading. */
export function sampleByCalls(tracks: readonly Track[], calls: SystemCalls): void {
  for (let next = 0; ; ) next = readAfter(next, tracks, calls)
}

function readAfter(time: number, tracks: readonly Track[], calls: SystemCalls): number {
  calls.sleepUntil(time)
  return readUntil(tracks, calls.now())
}

/** Sleeps without an event loop: half the CPU time, but nothing else runs on this thread; ends with `terminate()`. */
export function sampleAsleep(tracks: readonly Track[]): void {
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (;;) Atomics.wait(never, 0, 0, readDue(tracks))
}

/** Sleeps in the event loop, so that profilers may listen to processes and sockets. */
export function sampleInLoop(tracks: readonly Track[]): void {
  setTimeout(() => sampleInLoop(tracks), readDue(tracks))
}
