/** What a tonne of CO2 costs society, for impact statements. */
import { UsageError } from '../core/errors.js'
import type { GramsCo2e } from '../core/units.js'

/** US dollars per tonne with the range of its source. */
export interface SocialCost {
  readonly dollarsPerTonne: number
  readonly low: number
  readonly high: number
  readonly source: string
}

/**
 * For emissions of 2020 in dollars of 2020 at a near-term discount rate of 2%; the range is that of 2.5% and 1.5%.
 *
 * @see https://www.epa.gov/environmental-economics/scghg Report on the Social Cost of Greenhouse Gases, 2023
 */
export const DEFAULT_SOCIAL_COST: SocialCost = {
  dollarsPerTonne: 190,
  low: 120,
  high: 340,
  source: 'US EPA, Report on the Social Cost of Greenhouse Gases (2023), discount rate 2%',
}

/**
 * @param dollarsPerTonne - the user's own figure; the default's when left out
 * @throws {UsageError} `E_SOCIAL_COST` unless it is from 0 to 100,000
 */
export function socialCost(dollarsPerTonne: number | undefined): SocialCost {
  if (dollarsPerTonne === undefined) return DEFAULT_SOCIAL_COST
  if (!(dollarsPerTonne >= 0 && dollarsPerTonne <= 100_000)) {
    throw new UsageError('E_SOCIAL_COST', `the social cost of carbon is ${dollarsPerTonne}, expected 0 to 100000`, {
      hint: 'give US dollars per tonne of CO2 equivalent, e.g. 190',
    })
  }
  return { dollarsPerTonne, low: dollarsPerTonne, high: dollarsPerTonne, source: 'given by the user' }
}

/** US dollars. */
export const socialCostOf = (carbon: GramsCo2e, { dollarsPerTonne }: SocialCost): number =>
  (carbon / 1e6) * dollarsPerTonne
