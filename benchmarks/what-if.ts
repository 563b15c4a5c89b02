/** The same run in other places: its energy with their carbon intensities. */
import { carbonFactor } from '../src/carbon/carbon-factor.js'
import { carbonOf } from '../src/carbon/emission.js'
import { UsageError } from '../src/core/errors.js'
import type { InferenceRecord, ResultRecord } from '../src/core/record.js'
import { gramsPerKwh } from '../src/core/units.js'

/** One place with what the run would have emitted there. */
export interface WhatIfRow {
  readonly zone: string
  readonly zoneName: string
  readonly gramsPerKwh: number
  /** g CO2e of one inference. */
  readonly perInference: { readonly grams: number; readonly low: number; readonly high: number }
  /** Of the whole run. */
  readonly total: { readonly grams: number; readonly low: number; readonly high: number }
  /** True for the place of the record itself. */
  readonly isRecord: boolean
}

/** One record with its places, the cleanest first. */
export interface WhatIf {
  readonly id: string
  readonly model: string
  readonly batchSize: number
  readonly pue: number
  readonly rows: readonly WhatIfRow[]
}

/**
 * @param countries - names or codes
 * @returns one for each record that has energy
 * @throws {UsageError} `E_WHAT_IF` when none has; `E_COUNTRY`
 */
export async function whatIf(records: readonly ResultRecord[], countries: readonly string[]): Promise<WhatIf[]> {
  const measured = records.filter((record): record is InferenceRecord => record.kind === 'inference')
  const asked = await Promise.all(countries.map((country) => carbonFactor({ country })))
  const factors = [...new Map(asked.map((factor) => [factor.zone, factor])).values()]
  const results = measured.flatMap((record) => {
    const { energy, carbon } = record
    if (energy === undefined || carbon === undefined) return []
    const places = [
      { ...carbon.factor, zoneName: carbon.factor.zoneName ?? carbon.factor.zone, isRecord: true },
      ...factors.filter(({ zone }) => zone !== carbon.factor.zone).map((factor) => ({ ...factor, isRecord: false })),
    ]
    const rows = places.map((place) => rowOf(place, energy, carbon.pue))
    rows.sort((one, other) => one.gramsPerKwh - other.gramsPerKwh)
    return [{ id: record.id, model: record.model.name, batchSize: record.batchSize, pue: carbon.pue, rows }]
  })
  if (results.length > 0) return results
  throw new UsageError('E_WHAT_IF', 'no record has joules to ask about', {
    hint: 'give a file that greenbench <model> --json wrote with a profiler',
  })
}

type Place = Pick<WhatIfRow, 'zone' | 'zoneName' | 'isRecord'> & Record<'gramsPerKwh' | 'low' | 'high', number>
type Energy = NonNullable<InferenceRecord['energy']>

function rowOf(place: Place, { perInference, gross }: Energy, pue: number): WhatIfRow {
  const { zone, zoneName, isRecord } = place
  const factor = {
    gramsPerKwh: gramsPerKwh(place.gramsPerKwh),
    low: gramsPerKwh(place.low),
    high: gramsPerKwh(place.high),
  }
  return {
    zone,
    zoneName,
    gramsPerKwh: place.gramsPerKwh,
    perInference: carbonOf(perInference, factor, pue),
    total: carbonOf(gross, factor, pue),
    isRecord,
  }
}
