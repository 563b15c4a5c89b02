/** The words for what can be doubtful about a window. */
import type { Warning } from '../src/core/warning.js'
import type { Doubt } from './counter.js'
import type { MeteredDomain } from './window-energy.js'

const DOUBTS: Readonly<Record<Doubt, Pick<Warning, 'code' | 'hint'> & { readonly what: string }>> = {
  failed: {
    code: 'W_READ_FAILED',
    what: 'could not be read',
    hint: 'the readings around it were used; check permissions and whether the sensor is still there',
  },
  ambiguous: {
    code: 'W_COUNTER_AMBIGUOUS',
    what: 'was read so rarely that it may have wrapped more than once',
    hint: 'use a shorter --sampling-interval; the machine may also have been suspended',
  },
  backwards: {
    code: 'W_COUNTER_BACKWARDS',
    what: 'fell without a wrap',
    hint: 'the machine slept, or a driver was loaded again: repeat the run',
  },
  implausible: {
    code: 'W_COUNTER_IMPLAUSIBLE',
    what: 'rose by more than the part can use',
    hint: 'repeat the run; if it comes again, choose another profiler',
  },
  gap: {
    code: 'W_READING_GAP',
    what: 'was not read for too long to integrate its power',
    hint: 'the machine was overloaded or suspended: close other programs and repeat the run',
  },
  still: {
    code: 'W_COUNTER_STILL',
    what: 'stood still within a window',
    hint: 'its sensor, driver or tool hangs: repeat the run; if it comes again, choose another profiler',
  },
}

const nameOf = ({ profiler, domain }: Pick<MeteredDomain, 'profiler' | 'domain'>): string =>
  `${profiler} ${domain.name}`

/** @returns one warning per kind of doubt, counted */
export function doubtWarning(metered: MeteredDomain): readonly Warning[] {
  return [...metered.sum.doubts].map(([doubt, count]) => {
    const { code, what, hint } = DOUBTS[doubt]
    return { code, message: `${nameOf(metered)} ${what}${count > 1 ? ` (${count} times)` : ''}`, hint }
  })
}

/** A domain gave no figure; where it counts, neither does the window. */
export function missingWarning(metered: MeteredDomain, reason: string): Warning {
  const total = metered.isCounted ? ', and so the window has none' : ''
  return {
    code: 'W_DOMAIN_UNKNOWN',
    message: `${nameOf(metered)} has no figure for a window${total}: ${reason}`,
    hint: 'use longer windows (--min-duration); if it stays, choose another profiler',
  }
}

/** Nothing counts energy here. */
export function unmeasuredWarning(): Warning {
  return {
    code: 'W_ENERGY_NOT_MEASURED',
    message: 'no profiler counts energy',
    hint: 'choose one with --profiler, e.g. --profiler auto',
  }
}

/** The counters' updates at the two edges blur the window. */
export function shortWarning(seconds: number, relative: number): Warning {
  return {
    code: 'W_WINDOW_SHORT',
    message: `a window of ${seconds.toFixed(3)} s is short for its counters: edge error up to ${(relative * 100).toFixed(1)}%`,
    hint: 'use a longer --min-duration',
  }
}
