/** Water that cooling uses up, by the water usage effectiveness of the data centre. */
import { UsageError } from '../core/errors.js'
import { JOULES_PER_KWH, type Joules, type Litres, litres } from '../core/units.js'

/**
 * @param energy - J at the machines, without the data centre's own, as the effectiveness is defined
 * @param effectiveness - WUE, L/kWh, 0 to 100
 * @throws {UsageError} `E_WUE`
 * @see https://www.thegreengrid.org/en/resources/library-and-tools/238-Water-Usage-Effectiveness-(WUE)
 */
export function waterOf(energy: Joules, effectiveness: number): Litres {
  if (!(effectiveness >= 0 && effectiveness <= 100)) {
    throw new UsageError('E_WUE', `the water usage effectiveness is ${effectiveness} L/kWh, expected 0 to 100`, {
      hint: 'most data centres lie between 0.2 and 2',
    })
  }
  return litres((energy / JOULES_PER_KWH) * effectiveness)
}
