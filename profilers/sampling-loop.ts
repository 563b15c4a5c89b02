/** The loops of the sampling thread: sleep, read what is due, sleep. */
import { monotonicClock } from './clock.js'
import type { FileTrack } from './file-track.js'
import type { Track } from './sampling-track.js'

/** Timers wake up to a millisecond early; reading then is better than sleeping again. */
const EARLY = 0.001
/** What is spent at most on getting ready. */
export interface Rehearsal {
  readonly rounds: number
  readonly milliseconds: number
}

/**
 * Of a loop that calls the C library: its one function counts as hot after some 150 turns, and its machine code is taken up
 * whenever it is there.
 */
export const REHEARSAL_BY_CALLS: Rehearsal = { rounds: 300, milliseconds: 30 }

/**
 * Of the other loops: compiled code saves some 0.03 ms a reading, so that a rehearsal of so many milliseconds for each reading
 * a second has paid for itself after half a minute, however often it reads.
 *
 * @param interval - seconds between the readings to come
 */
export const rehearsalFor = (interval: number): Rehearsal => ({
  rounds: 2000,
  milliseconds: Math.min(10, 1 / interval),
})

/** Reads what is due. @returns milliseconds until the next is */
export function readDue(tracks: readonly Track[]): number {
  const now = monotonicClock() + EARLY
  let next = Number.POSITIVE_INFINITY
  for (const track of tracks) {
    if (track.due <= now) track.read()
    if (track.due < next) next = track.due
  }
  return Math.max(0, (next - monotonicClock()) * 1000)
}

/**
 * Runs the very code of the loop until it is compiled, calls that a reading makes only later included: a thread that wakes
 * up ten times a second finds its caches cold, and machine code then takes a third of the time of an interpreter.
 *
 * @param turn - one turn of the loop that does not wait, and whose readings nobody looks at
 */
export function rehearse(turn: () => void, { rounds, milliseconds }: Rehearsal): void {
  const end = performance.now() + milliseconds
  for (let round = 0; round < rounds && performance.now() < end; round++) turn()
}

/** Sleeps and reads by calls of the C library; `terminate()` ends it at the next reading. */
export function sampleByCalls(tracks: readonly FileTrack[]): void {
  const [first, ...others] = tracks
  if (first === undefined) return
  for (;;) earliest(first, others).readWhenDue()
}

function earliest(first: FileTrack, others: readonly FileTrack[]): FileTrack {
  let next = first
  for (const track of others) if (track.due < next.due) next = track
  return next
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
