/** Profilers by name; users register their own. Says which can be used here, and why the others cannot. */
import { closestNames } from '../src/core/closest-names.js'
import { GreenbenchError, ProfilerError, UsageError } from '../src/core/errors.js'
import { seconds } from '../src/core/units.js'
import { messageOf } from './checked-reading.js'
import { type Clock, monotonicClock } from './clock.js'
import type { Refusal } from './energy-window.js'
import { countedDomains } from './overlap.js'
import { predefinedProfilers } from './predefined.js'
import type { EnergyDomain, Profiler, ProfilerOptions } from './profiler.js'
import { closeProfiler, openProfiler } from './profiler-lease.js'
import { standsStill } from './update-period.js'

/** Makes a profiler; options that it does not know are ignored. */
export type MakeProfiler = (options: ProfilerOptions) => Profiler

/** A profiler whose sensor is there. */
export interface ReadyProfiler {
  readonly profiler: Profiler
  /** What it reads, for people. */
  readonly detail: string
}

/** What a choice of profilers came to. */
export interface ProfilerSelection {
  /** In the order asked for. */
  readonly ready: readonly ReadyProfiler[]
  /** In the order tried. */
  readonly refusals: readonly Refusal[]
}

/** A counter that has not changed by then is not one to rely on; those of processors change every millisecond. */
const STILL = seconds(0.5)
/** Takes the best that is there. */
const AUTO = 'auto'

/** A list of profilers that is a value, not a global. */
export class ProfilerRegistry {
  readonly #makers = new Map<string, MakeProfiler>()
  /** Name -> name of the profiler that reads the same counters. */
  readonly #sameAs = new Map<string, string>()
  readonly #options: ProfilerOptions

  /** @param options - given to every profiler that is made, unless a call says otherwise */
  constructor(options: ProfilerOptions = {}) {
    this.#options = options
  }

  /** A registry of all profilers that come with greenbench, the most exact first. */
  static withPredefinedProfilers(options: ProfilerOptions = {}): ProfilerRegistry {
    const registry = new ProfilerRegistry(options)
    for (const { name, make, sameAs } of predefinedProfilers) {
      registry.#makers.set(name, make)
      if (sameAs !== undefined) registry.#sameAs.set(name, sameAs)
    }
    return registry
  }

  /**
   * Adds a profiler; `auto` tries it before the predefined ones. One of the same name is replaced.
   *
   * @throws {UsageError} `E_PROFILER_NAME` when the name is `auto` or is not made of letters, digits, `-` and `_`
   */
  register(name: string, make: MakeProfiler): this {
    if (name === AUTO || !/^[A-Za-z][\w-]{0,63}$/.test(name)) {
      throw new UsageError('E_PROFILER_NAME', `a profiler cannot be called "${name}"`, {
        hint: 'use letters, digits, - and _, beginning with a letter; "auto" has a meaning of its own',
      })
    }
    const others = [...this.#makers].filter(([other]) => other !== name)
    this.#sameAs.delete(name)
    this.#makers.clear()
    for (const [key, value] of [[name, make] as const, ...others]) this.#makers.set(key, value)
    return this
  }

  /** Names that may be asked for, in the order that `auto` tries them. */
  get names(): readonly string[] {
    return [...this.#makers.keys()]
  }

  /**
   * @throws {UsageError} `E_PROFILER_UNKNOWN` when no profiler has that name
   */
  make(name: string, options: ProfilerOptions = {}): Profiler {
    const make = this.#makers.get(name)
    if (make === undefined) {
      const known = [AUTO, ...this.names]
      const near = closestNames(name, known)
      throw new UsageError('E_PROFILER_UNKNOWN', `there is no profiler "${name.slice(0, 60)}"`, {
        hint: `${near.length > 0 ? `did you mean ${near.join(' or ')}? Otherwise ` : ''}choose from ${known.join(', ')}, or load a plugin that registers it`,
      })
    }
    return make({ ...this.#options, ...options })
  }

  /**
   * Opens profilers in the order asked for. `auto` takes each measured one that is there, moves and counts something new;
   * where there is none, or none that sees more than GPUs, the first modelled one as well.
   *
   * @param wanted - names, or profilers already made
   * @throws {ProfilerError} `E_PROFILER_UNAVAILABLE` when one that was named is not available, with what fixes it
   * @throws {UsageError} `E_PROFILER_UNKNOWN`, `E_PROFILER_NONE`
   */
  async select(wanted: readonly (string | Profiler)[], options: ProfilerOptions = {}): Promise<ProfilerSelection> {
    const choices = [...new Set(wanted)]
    if (choices.includes('none') && choices.length > 1) {
      throw new UsageError('E_PROFILER_NONE', `profiler "none" stands beside ${choices.length - 1} other`, {
        hint: 'name "none" alone, or leave it out',
      })
    }
    const ready: ReadyProfiler[] = []
    const refusals: Refusal[] = []
    try {
      for (const choice of choices) {
        if (choice === AUTO) await this.#addBest(ready, refusals, options)
        else ready.push(await openNamed(typeof choice === 'string' ? this.make(choice, options) : choice))
      }
    } catch (error) {
      for (const { profiler } of ready) await closeProfiler(profiler)
      throw error
    }
    return { ready, refusals }
  }

  async #addBest(ready: ReadyProfiler[], refusals: Refusal[], options: ProfilerOptions): Promise<void> {
    const clock = options.clock ?? this.#options.clock ?? monotonicClock
    const named = new Set(ready.map(({ profiler }) => profiler.name))
    const candidates = this.names.filter((name) => !named.has(name)).map((name) => this.#tryMake(name, options))
    for (const kind of ['measured', 'modelled']) {
      for (const candidate of candidates) {
        if ('reason' in candidate) {
          if (kind === 'measured') refusals.push(candidate)
        } else if (candidate.kind === kind && (kind === 'measured' || ready.every(seesGpusOnly))) {
          if (!this.#isNeedless(candidate.name, ready)) await addIfNew(candidate, { ready, refusals, clock })
        }
      }
    }
  }

  #isNeedless(name: string, ready: readonly ReadyProfiler[]): boolean {
    return ready.some(({ profiler }) => profiler.name === this.#sameAs.get(name))
  }

  #tryMake(name: string, options: ProfilerOptions): Profiler | Refusal {
    try {
      return this.make(name, options)
    } catch (error) {
      if (error instanceof GreenbenchError) throw error
      return { profiler: name, reason: messageOf(error) }
    }
  }
}

async function openNamed(profiler: Profiler): Promise<ReadyProfiler> {
  const availability = await openProfiler(profiler)
  if (availability.isAvailable) return { profiler, detail: availability.detail }
  await closeProfiler(profiler)
  const { reason, fix } = availability
  const instead = '--profiler auto takes the best that is there'
  throw new ProfilerError('E_PROFILER_UNAVAILABLE', `profiler ${profiler.name} cannot be used: ${reason}`, {
    hint: fix === undefined ? instead : `${fix}; or ${instead}`,
  })
}

interface Chosen {
  readonly ready: ReadyProfiler[]
  readonly refusals: Refusal[]
  readonly clock: Clock
}

async function addIfNew(profiler: Profiler, { ready, refusals, clock }: Chosen): Promise<void> {
  const availability = await openProfiler(profiler)
  if (!availability.isAvailable) {
    const { reason, fix } = availability
    refusals.push({ profiler: profiler.name, reason, ...(fix === undefined ? {} : { fix }) })
  } else if (countsNothingNew(profiler.domains(), ready)) {
    // A profiler without domains ("none") is no refusal: it was only passed by.
    if (profiler.domains().length > 0) refusals.push({ profiler: profiler.name, reason: coveredBy(ready) })
  } else if (await standsStill(profiler, { clock, budget: STILL })) {
    refusals.push({ profiler: profiler.name, reason: 'its counters are there but stand still' })
  } else {
    ready.push({ profiler, detail: availability.detail })
    return
  }
  await closeProfiler(profiler)
}

function countsNothingNew(domains: readonly EnergyDomain[], ready: readonly ReadyProfiler[]): boolean {
  const counted = countedDomains([...ready.map(({ profiler }) => profiler.domains()), domains])
  return !(counted.at(-1) ?? []).includes(true)
}

/** Without a processor's energy that of a GPU would pass for the machine's. */
const seesGpusOnly = ({ profiler }: ReadyProfiler): boolean => profiler.domains().every(({ part }) => part === 'gpu')

const coveredBy = (ready: readonly ReadyProfiler[]): string =>
  `what it counts is counted already by ${ready.map(({ profiler }) => profiler.name).join(', ')}`
