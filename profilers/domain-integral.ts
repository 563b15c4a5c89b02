/** Adds up the energy of one domain over one window, and keeps the time for which it is not known. */
import { type Doubt, energyStep, type Point, powerStep } from './counter.js'
import { PowerTrail } from './power-trail.js'
import type { EnergyDomain } from './profiler.js'
import type { ReadingLimits } from './reading-limits.js'
import { SlowCounter } from './slow-counter.js'
import { StillTime } from './still-time.js'
import { WrapCheck } from './wrap-check.js'

/** What one domain used in one window. */
export interface DomainSum {
  /** J over the known time. */
  readonly joules: number
  /** Seconds that `joules` stands for, and those for which nothing is known. */
  readonly knownSeconds: number
  readonly unknownSeconds: number
  /** Why, and how often. */
  readonly doubts: ReadonlyMap<Doubt, number>
  readonly wraps: number
  /** Half-width of the integration of power between readings, J. */
  readonly integrationError: number
  /** Difference of the last and the first value of a power sensor, W; 0 for an energy counter. */
  readonly powerChange: number
  /** Seconds by which the edges may be off, where that is known better than by the counter's update period. */
  readonly edgeSeconds?: number
  /** How the joules grew; absent where some are not known, or the counter is slower than its readings. */
  readonly trail?: PowerTrail
}

/** Joules of a time that turned out not to be known. */
export interface Revoked {
  readonly joules: number
  readonly seconds: number
}

/** Running sum of one domain; memory does not grow with the number of readings. */
export class DomainIntegral {
  readonly #domain: EnergyDomain
  readonly #longestGap: number
  #last: Point | undefined
  /** Up to here the time is accounted for, as known or as unknown. */
  #reached: number
  #joules = 0
  #known = 0
  #unknown = 0
  #squaredError = 0
  #wraps = 0
  #first: Point | undefined
  readonly #doubts = new Map<Doubt, number>()
  readonly #slow: SlowCounter | undefined
  readonly #still: StillTime
  readonly #wrapped: WrapCheck
  readonly #trail = new PowerTrail()

  /** @param startedAt - seconds, the window's first edge */
  constructor(domain: EnergyDomain, startedAt: number, limits: ReadingLimits) {
    this.#domain = domain
    this.#longestGap = limits.longestGap
    this.#reached = startedAt
    this.#slow = limits.slowPeriod === undefined ? undefined : new SlowCounter(limits.slowPeriod)
    this.#still = new StillTime(limits)
    this.#wrapped = new WrapCheck(limits.updatePeriod)
  }

  /** Takes a reading; one that is not later than the last one taken is left out, since it adds nothing. */
  add(at: number, value: number | undefined): void {
    const before = this.#last
    if (at < (before?.at ?? this.#reached) || at === before?.at) return
    if (value === undefined || this.#isOutOfRange(value)) {
      this.#note('failed')
      return
    }
    if (before === undefined) this.#begin(at)
    else this.#step(before, { at, value })
    this.#last = { at, value }
    this.#first ??= this.#last
  }

  /** Ends the window; time after the last good reading is unknown. */
  close(endedAt: number): DomainSum {
    if (this.#joules > 0) this.#endStill(this.#still.end())
    for (const wrap of this.#wrapped.resets()) this.#revoke(wrap, 'backwards')
    const steady = this.#doubts.size === 0 ? this.#slow?.steadyPower() : undefined
    const joules = steady === undefined ? this.#joules : steady.watts * this.#known
    this.#skipTo(endedAt)
    return {
      joules,
      ...(steady === undefined ? {} : { edgeSeconds: steady.edgeSeconds }),
      ...(this.#doubts.size > 0 || this.#slow !== undefined ? {} : { trail: this.#trail }),
      knownSeconds: this.#known,
      unknownSeconds: this.#unknown,
      doubts: this.#doubts,
      wraps: this.#wraps,
      integrationError: Math.sqrt(this.#squaredError),
      powerChange: this.#domain.counter === 'power' ? (this.#last?.value ?? 0) - (this.#first?.value ?? 0) : 0,
    }
  }

  #begin(at: number): void {
    this.#skipTo(at)
    this.#trail.add(at, 0)
  }

  #step(before: Point, after: Point): void {
    const domain = this.#domain
    const step =
      domain.counter === 'energy' ? energyStep(domain, before, after) : powerStep(before, after, this.#longestGap)
    if ('doubt' in step) {
      this.#note(step.doubt)
      this.#still.forget()
      this.#skipTo(after.at)
      return
    }
    const length = after.at - before.at
    this.#joules += step.joules
    this.#known += length
    this.#reached = after.at
    const stood = this.#still.add({ joules: step.joules, seconds: length })
    this.#endStill(stood)
    if (stood !== undefined) return
    this.#slow?.add(before.at, after.at, step.joules)
    this.#trail.add(after.at, this.#joules)
    this.#squaredError += step.error * step.error
    this.#wraps += step.hasWrapped ? 1 : 0
    if (domain.counter === 'energy') this.#wrapped.add({ joules: step.joules, seconds: length }, step.hasWrapped)
  }

  #endStill(stood: ReturnType<StillTime['end']>): void {
    if (stood !== undefined) this.#revoke(stood, stood.isBroken ? 'still' : undefined)
  }

  #revoke({ joules, seconds }: Revoked, doubt: Doubt | undefined): void {
    this.#joules = Math.max(0, this.#joules - joules)
    this.#known = Math.max(0, this.#known - seconds)
    this.#unknown += seconds
    if (doubt !== undefined) this.#note(doubt)
  }

  #skipTo(at: number): void {
    if (at <= this.#reached) return
    this.#unknown += at - this.#reached
    this.#reached = at
  }

  #note(doubt: Doubt): void {
    this.#doubts.set(doubt, (this.#doubts.get(doubt) ?? 0) + 1)
  }

  #isOutOfRange(value: number): boolean {
    const { counter, wrapsAt, highestWatts } = this.#domain
    if (!(value >= 0) || !Number.isFinite(value)) return true
    return counter === 'energy' ? value > (wrapsAt ?? Number.POSITIVE_INFINITY) : value > (highestWatts ?? Infinity)
  }
}
