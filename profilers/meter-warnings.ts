/** The words for what can be doubtful about a meter as a whole. */
import type { Warning } from '../src/core/warning.js'
import type { Channel } from './channel.js'
import type { Refusal } from './energy-window.js'
import { unclearPairs } from './overlap.js'
import type { ReadyProfiler } from './registry.js'
import type { Sampler } from './sampler.js'

/** Counters that stand still and are left out of the total. */
export function stillWarnings({ profiler, domains }: Channel): readonly Warning[] {
  return domains
    .filter(({ isStill, domain }) => isStill && domain.isCounted)
    .map(({ domain }) => ({
      code: 'W_COUNTER_STILL',
      message: `the counter of ${profiler.name} ${domain.name} stands still, so it is not counted`,
      hint: 'some processors show a domain that they do not measure; the total leaves it out',
    }))
}

/** Power that is read more often than was asked for. */
export function intervalWarnings({ profiler, interval }: Channel, asked: number | undefined): readonly Warning[] {
  if (asked === undefined || asked <= interval) return []
  return [
    {
      code: 'W_SAMPLING_INTERVAL',
      message: `${profiler.name} is read every ${interval} s, not every ${asked} s: it shows power`,
      hint: 'what it was between two readings is known of counters of energy only; choose --sampling-interval 0.5 or less',
    },
  ]
}

/** Domains of one profiler that show the same part, so that only one of them is added up. */
export function unclearWarnings({ profiler, domains }: Channel): readonly Warning[] {
  const pairs = unclearPairs(
    domains.map(({ domain }) => domain),
    domains.map(({ isCounted }) => isCounted),
  )
  return pairs.map(([left, kept]) => ({
    code: 'W_DOMAIN_LEFT_OUT',
    message: `${profiler.name} ${left.name} shows the same part of the machine as ${kept.name}, so it is not counted`,
    hint: 'the energy is too low if the two feed the machine together: compare them with the power that you know it draws',
  }))
}

/** One line that says why a figure is modelled. */
export function modelWarnings(ready: readonly ReadyProfiler[], refusals: readonly Refusal[]): Warning[] {
  const modelled = ready.filter(({ profiler }) => profiler.kind === 'modelled')
  const told = worthTelling(refusals)
  const why = told.map(({ profiler, reason }) => `${profiler}: ${reason}`).join('; ')
  const fixes = told.flatMap(({ fix }) => (fix === undefined ? [] : [fix])).join('; or ')
  return modelled.map(({ profiler }) => ({
    code: 'W_ENERGY_MODELLED',
    message: `energy of ${profiler.name} is modelled, not measured${why === '' ? '' : ` (${why})`}`,
    hint: fixes === '' ? 'name a measured profiler with --profiler to have it measured' : fixes,
  }))
}

/** Most sensors are those of other machines: the first refusal, and each that something else can be done about. */
function worthTelling(refusals: readonly Refusal[]): readonly Refusal[] {
  const fixable = refusals.filter(({ fix }) => fix !== undefined)
  const told = fixable.length === 0 ? refusals.slice(0, 1) : fixable
  return told.filter(({ fix }, index) => told.findIndex((other) => other.fix === fix) === index).slice(0, 3)
}
/** One late reading of a few tells nothing of the machine. */
const FEWEST_READINGS = 10

/** The background readings do not keep up. */
export function slowWarning({ profiler, interval }: Channel, sampler: Sampler | undefined): readonly Warning[] {
  const { readings = 0, missed = 0, lost = 0 } = sampler?.statistics() ?? {}
  const absent = missed + lost
  if (readings === 0 || readings + missed < FEWEST_READINGS || absent <= 0.05 * (readings + missed)) return []
  return [
    {
      code: 'W_SAMPLES_MISSED',
      message: `${absent} of ${readings + missed} background readings of ${profiler.name} are missing`,
      hint: `the machine is overloaded, or ${interval} s is too short: use a longer --sampling-interval`,
    },
  ]
}

/** What a profiler opened may still be open. */
export function closingWarning(profiler: string, problem: string): Warning {
  return {
    code: 'W_PROFILER_CLOSE',
    message: `${profiler} could not be closed: ${problem}`,
    hint: 'its figures hold; what it opened, such as a tool, may still be there',
  }
}

/** A window was still running when its meter was closed. */
export function cutWarning(): Warning {
  return {
    code: 'W_METER_CLOSED',
    message: 'the meter was closed while a window was running, so the window ends there',
    hint: 'end windows before the meter is closed',
  }
}

/** The window holds time in which nothing ran. */
export function suspendedWarning(asleep: number): Warning {
  return {
    code: 'W_SUSPENDED',
    message: `the machine slept for ${asleep.toFixed(0)} s within a window`,
    hint: 'its energy is not comparable: repeat the run with sleep switched off',
  }
}
