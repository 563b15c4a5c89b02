/**
 * The calls of Linux's C library with which small files are read at even steps. A thread that sleeps between readings finds
 * its caches cold, and the way through these calls touches less memory than that through Node's own.
 */
import { seconds } from '../src/core/units.js'
import type { Clock } from './clock.js'

/** Times are of `CLOCK_MONOTONIC` in seconds, as those of `monotonicClock`. */
export interface SystemCalls {
  /** What `read` fills. */
  readonly bytes: Uint8Array
  readonly now: Clock
  /** Nothing cuts it short, neither a signal nor the end of the process: for short times only. */
  sleepUntil(at: number): void
  /** Before, `sleepUntil` makes its call and ends at once, so that a loop can be run without waiting. */
  allowSleep(): void
  /** @returns bytes read from the start of the file, at most `length`, or -1 */
  read(file: number, length: number): number
  /** @returns where the bytes lie, for as long as they are held; more than 64 bytes, since fewer may be moved */
  addressOf(bytes: Uint8Array): number
  /** @returns bytes written from that place, or -1 */
  write(file: number, address: number, length: number): number
}

/** The part of the package koffi that is needed here. */
export interface ForeignCalls {
  load(path: null): { func(declaration: string): (...values: readonly number[]) => number }
  address(value: ArrayBufferView): bigint
}

const MONOTONIC = 1
const ABSOLUTE = 1
/** `EINTR`: a signal came. */
const INTERRUPTED = 4
/** Where no time can be read, so that the call fails at once; a time that is over would still be slept for some 0.1 ms. */
const NOWHERE = 0
/** Bytes of two `timespec`: the time told, and that to sleep until. */
const TIME_BYTES = 16
/** The two words of 64 bits of a time have their lower halves in front on these. */
const PROCESSORS: readonly string[] = ['x64', 'arm64']

/**
 * @param loadKoffi - may throw: it is an optional package
 * @param size - of `bytes`
 * @returns `undefined` where they cannot be called; Node's own means do the same at more cost
 */
export function openSystemCalls(loadKoffi: () => ForeignCalls, size: number): SystemCalls | undefined {
  if (process.platform !== 'linux' || !PROCESSORS.includes(process.arch)) return undefined
  try {
    const calls = bind(loadKoffi(), size)
    const [now] = process.hrtime()
    // A system that answers otherwise than Linux does is found out here.
    return Math.abs(calls.now() - now) < 5 ? calls : undefined
  } catch {
    // Not installed, or not for this system.
    return undefined
  }
}

function bind(koffi: ForeignCalls, size: number): SystemCalls {
  const library = koffi.load(null)
  const call = (name: string) => library.func(`int64_t ${name}(int64_t, int64_t, int64_t, int64_t)`)
  const [gettime, nanosleep] = [call('clock_gettime'), call('clock_nanosleep')]
  const [pread, write] = [call('pread'), call('write')]
  // Memory outside the heap never moves, and lives as long as the functions below that hold it.
  const memory = new ArrayBuffer(2 * TIME_BYTES + size)
  const [told, until] = [new Uint32Array(memory, 0, 4), new Uint32Array(memory, TIME_BYTES, 4)] as const
  const bytes = new Uint8Array(memory, 2 * TIME_BYTES)
  const addressOf = (view: ArrayBufferView): number => Number(koffi.address(view))
  const [toldAt, untilAt, bytesAt] = [addressOf(told), addressOf(until), addressOf(bytes)] as const
  // A time that is over. Where this fails, as in a sandbox, no call would sleep.
  if (nanosleep(MONOTONIC, ABSOLUTE, untilAt, 0) !== 0) throw new Error('clock_nanosleep does not sleep')
  let sleepAt = NOWHERE
  return {
    bytes,
    now: () => {
      gettime(MONOTONIC, toldAt, 0, 0)
      return seconds((told[0] ?? 0) + (told[2] ?? 0) * 1e-9)
    },
    sleepUntil(at) {
      until[0] = at
      until[2] = (at % 1) * 1e9
      while (nanosleep(MONOTONIC, ABSOLUTE, sleepAt, 0) === INTERRUPTED);
    },
    allowSleep() {
      sleepAt = untilAt
    },
    read: (file, length) => pread(file, bytesAt, length, 0),
    addressOf,
    write: (file, address, length) => write(file, address, length, 0),
  }
}
