/** Where two sensors saw the same part of the machine: how far they disagree. */
import type { EnergyRecord } from '../src/core/record.js'
import type { Warning } from '../src/core/warning.js'

type Domain = EnergyRecord['domains'][number]
/** Two figures for one part of the machine. */
export type CrossCheck = NonNullable<EnergyRecord['crossChecks']>[number]

/** Less than this is no news, whatever the sensors claim of themselves. */
const NOTEWORTHY = 0.05

/**
 * Compares every sensor that is not counted with the one that is counted in its place: the same part of the same device.
 *
 * @param domains - with their joules over the same windows
 */
export function crossChecks(domains: readonly Domain[]): readonly CrossCheck[] {
  const sensors = domains.filter(({ kind }) => kind === 'measured')
  return sensors
    .filter(({ isCounted }) => isCounted)
    .flatMap((counted) =>
      sensors
        .filter((other) => !other.isCounted && isSamePlace(counted, other) && counted.joules > 0)
        .map((other) => ({
          part: counted.part ?? 'other',
          ...(counted.device === undefined ? {} : { device: counted.device }),
          counted: figureOf(counted),
          other: figureOf(other),
          relative: other.joules / counted.joules - 1,
          isWithinErrors: other.low <= counted.high && counted.low <= other.high,
        })),
    )
}

/** @returns one warning for each pair that its own errors do not explain */
export function crossCheckWarnings(energy: Pick<EnergyRecord, 'crossChecks'> | undefined): readonly Warning[] {
  return (energy?.crossChecks ?? [])
    .filter(({ relative, isWithinErrors }) => !isWithinErrors && Math.abs(relative) > NOTEWORTHY)
    .map(({ counted, other, relative }) => ({
      code: 'W_SENSORS_DISAGREE',
      message: `${nameOf(other)} shows ${(100 * Math.abs(relative)).toFixed(0)}% ${relative > 0 ? 'more' : 'less'} than ${nameOf(counted)}, which is counted`,
      hint: hintOf(counted, other),
    }))
}

function hintOf(counted: CrossCheck['counted'], other: CrossCheck['other']): string {
  const meter = 'compare both with a meter at the socket'
  if (counted.profiler === other.profiler) return meter
  return `${meter}; --profiler ${other.profiler},${counted.profiler} counts the other one`
}

const isSamePlace = (one: Domain, other: Domain): boolean =>
  one.part !== undefined && one.part !== 'other' && one.part === other.part && one.device === other.device

const figureOf = ({ profiler, name, joules }: Domain): CrossCheck['counted'] => ({ profiler, name, joules })

const nameOf = ({ profiler, name }: CrossCheck['counted']): string => `${profiler} ${name}`
