/** Figures that no machine has: they would pass the schema, and leave nothing of the charts and means beside them. */
import type { LeaderboardRun, LeaderboardTraining } from './leaderboard.js'

/** J of one inference or one epoch: the prefixes of the joule that are shown, and a little more. */
const ENERGY = [1e-15, 1e18] as const
/** Of everything else, in its own unit; beyond these its square is not a number any more. */
const ANYTHING = [1e-100, 1e100] as const

/** @returns which figure of a run cannot be, e.g. `energy.perInference.joules is 1e+308`; `undefined` when all can */
export function implausible(run: LeaderboardRun | LeaderboardTraining): string | undefined {
  const { energy, latency, throughput, carbon, water, cost, socialCost, counts, phases } = run
  return (
    (energy && implausibleEnergy(energy)) ??
    beyond('', { energy, latency, throughput, carbon, water, cost, socialCost, counts, phases }, ANYTHING)
  )
}

function implausibleEnergy(energy: NonNullable<(LeaderboardRun | LeaderboardTraining)['energy']>): string | undefined {
  for (const name of ['perInference', 'perEpoch']) {
    const figure = name in energy ? (energy as Readonly<Record<string, unknown>>)[name] : undefined
    const joules = typeof figure === 'object' && figure !== null && 'joules' in figure ? { joules: figure.joules } : {}
    const problem = beyond(`energy.${name}`, joules, ENERGY)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** The first number, however deep, that is neither 0 nor of a size between these. */
function beyond(path: string, fields: object, [least, most]: readonly [number, number]): string | undefined {
  for (const [name, value] of Object.entries(fields)) {
    const place = path === '' ? name : `${path}.${name}`
    if (typeof value === 'object' && value !== null) {
      const problem = beyond(place, value, [least, most])
      if (problem !== undefined) return problem
    } else if (typeof value === 'number' && value !== 0 && !isBetween(Math.abs(value), least, most)) {
      return `${place} is ${value}, which no machine has`
    }
  }
  return undefined
}

const isBetween = (size: number, least: number, most: number): boolean => size >= least && size <= most
