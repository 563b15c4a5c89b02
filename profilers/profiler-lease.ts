/**
 * Opens and closes profilers that several meters may use at once: a profiler is probed for the first of them and closed
 * after the last. One that breaks the contract of `probe`, `domains` or `close` is told of, and holds nobody up.
 */
import { domainsProblem } from './checked-domains.js'
import { messageOf } from './checked-reading.js'
import type { Availability, Profiler } from './profiler.js'

interface Lease {
  uses: number
  readonly opened: Promise<Availability>
}

/** A `probe` that has not answered by then counts as unavailable. */
const LONGEST_PROBE_MILLISECONDS = 10_000
/** Tools are given a second to end. */
const LONGEST_CLOSE_MILLISECONDS = 3000

const leases = new WeakMap<Profiler, Lease>()
const closings = new WeakMap<Profiler, Promise<unknown>>()

/**
 * Each call asks for one `closeProfiler`, also where the answer is no.
 *
 * @returns a refusal where `probe` throws or hangs, or `domains` after it gives none to measure with
 */
export function openProfiler(profiler: Profiler): Promise<Availability> {
  const lease = leases.get(profiler) ?? { uses: 0, opened: probed(profiler) }
  lease.uses++
  leases.set(profiler, lease)
  return lease.opened
}

/** @returns what went wrong, once nobody uses the profiler any more */
export async function closeProfiler(profiler: Profiler): Promise<string | undefined> {
  const lease = leases.get(profiler)
  if (lease !== undefined && --lease.uses > 0) return undefined
  leases.delete(profiler)
  const closing = closed(profiler)
  closings.set(profiler, closing)
  return closing
}

async function probed(profiler: Profiler): Promise<Availability> {
  await closings.get(profiler)
  try {
    const tooLong: Availability = { isAvailable: false, reason: 'its probe does not answer' }
    const availability = await within(LONGEST_PROBE_MILLISECONDS, profiler.probe(), tooLong)
    const problem = availability.isAvailable ? domainsProblem(profiler) : undefined
    return problem === undefined ? availability : { isAvailable: false, reason: problem }
  } catch (error) {
    return { isAvailable: false, reason: `its probe failed: ${messageOf(error)}` }
  }
}

async function closed(profiler: Profiler): Promise<string | undefined> {
  try {
    const end = Promise.resolve(profiler.close()).then(() => undefined)
    return await within(LONGEST_CLOSE_MILLISECONDS, end, 'it does not answer')
  } catch (error) {
    return messageOf(error)
  }
}

async function within<Result>(milliseconds: number, work: Promise<Result>, late: Result): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<Result>((resolve) => {
    timer = setTimeout(() => resolve(late), milliseconds)
  })
  try {
    return await Promise.race([work, tooLong])
  } finally {
    clearTimeout(timer)
  }
}
