/**
 * Software Carbon Intensity: emissions of running, and the share of those of making the machine, per unit of work.
 *
 * @see ISO/IEC 21031:2024, https://sci.greensoftware.foundation
 */
import { UsageError } from '../core/errors.js'
import { type GramsCo2e, gramsCo2e, type Seconds } from '../core/units.js'

/** What making the machine caused, and how much of it is counted here. */
export interface Embodied {
  /** TE: of the whole machine, kg CO2e. */
  readonly kilograms: number
  /** EL: years that the machine is expected to serve. */
  readonly lifespanYears: number
  /** RR/ToR: share of the machine's resources that are reserved, 0 to 1. */
  readonly share: number
}

/** Years that servers and PCs serve, where the user says nothing. */
export const DEFAULT_LIFESPAN_YEARS = 4
const SECONDS_PER_YEAR = 365.25 * 24 * 3600

/**
 * M = TE x (TiR / EL) x (RR / ToR)
 *
 * @param reserved - TiR: time that the machine works for the unit
 * @throws {UsageError} `E_EMBODIED` outside kilograms of at least 0, more than 0 to 100 years, a share from 0 to 1
 */
export function embodiedOf({ kilograms, lifespanYears, share }: Embodied, reserved: Seconds): GramsCo2e {
  const fits =
    kilograms >= 0 && kilograms <= 1e9 && lifespanYears > 0 && lifespanYears <= 100 && share >= 0 && share <= 1
  if (!fits) {
    throw new UsageError(
      'E_EMBODIED',
      `the embodied carbon is ${kilograms} kg over ${lifespanYears} years at ${share}`,
      {
        hint: 'give --embodied-kg of at least 0, --lifespan-years up to 100, --machine-share from 0 to 1',
      },
    )
  }
  return gramsCo2e(kilograms * 1000 * (reserved / (lifespanYears * SECONDS_PER_YEAR)) * share)
}

/** Operation and embodied carbon of one unit of work with their sum, g CO2e. */
export interface SoftwareCarbonIntensity {
  readonly operational: GramsCo2e
  readonly embodied: GramsCo2e
  readonly grams: GramsCo2e
}

/** SCI = (E x I + M) per R; both are those of one R already, e.g. one inference or one epoch. */
export function softwareCarbonIntensity(operational: GramsCo2e, embodied: GramsCo2e): SoftwareCarbonIntensity {
  return { operational, embodied, grams: gramsCo2e(operational + embodied) }
}
