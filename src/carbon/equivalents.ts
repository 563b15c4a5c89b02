/** What joules and grams compare to in daily life; each factor has its source. */
import { type GramsCo2e, type Joules, toKilowattHours } from '../core/units.js'

/** A quantity that people know. */
export interface Equivalent {
  readonly amount: number
  /** In words, e.g. `km by car`. */
  readonly unit: string
  readonly source: string
}

/**
 * 3.93e-4 t CO2e a mile for the mean passenger vehicle of the United States.
 *
 * @see https://www.epa.gov/energy/greenhouse-gas-equivalencies-calculator-calculations-and-references
 */
const GRAMS_PER_KILOMETRE = 393 / 1.609344
/** 9 W replace a bulb of 60 W. @see https://www.energy.gov/energysaver/led-lighting */
const LED_KILOWATTS = 0.009
/** Of one full charge, with the charger's loss. @see the same calculator of the EPA */
const PHONE_KILOWATT_HOURS = 0.019

/** @returns km by car for the carbon; hours of an LED bulb and charges of a phone for the energy */
export function equivalentsOf(energy: Joules, carbon: GramsCo2e | undefined): readonly Equivalent[] {
  const used = toKilowattHours(energy)
  const epa = 'US EPA, Greenhouse Gas Equivalencies Calculator (2024)'
  return [
    ...(carbon === undefined ? [] : [{ amount: carbon / GRAMS_PER_KILOMETRE, unit: 'km by car', source: epa }]),
    { amount: used / LED_KILOWATTS, unit: 'hours of a 9 W LED bulb', source: 'US Department of Energy' },
    { amount: used / PHONE_KILOWATT_HOURS, unit: 'phone charges', source: epa },
  ]
}
