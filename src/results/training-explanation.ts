/** `--explain` of a training: what the interval of an epoch is made of, how the sensors were read, who caused the energy. */
import type { TrainingRecord } from '../core/record.js'
import { budgetRows } from './explanation.js'
import { printable } from './printable.js'
import { formatExact } from './quantity.js'
import { type Row, sensorRows } from './sensor-rows.js'
import type { TextStyle } from './text-style.js'
import { drawTable } from './text-table.js'

/** @returns tables; a line where the record has no energy */
export function trainingExplanation(record: TrainingRecord, width: number, style: TextStyle): string {
  const { energy, own, epochs, equivalents = [] } = record
  if (energy === undefined) return 'the training has no energy to explain\n'
  const draw = (title: string, figure: string, rows: readonly Row[]): string => {
    const table = { head: [title, figure, ''], rows: rows.map((row) => [...row]), wrapped: 2 }
    return rows.length === 0 ? '' : drawTable({ ...table, align: ['left', 'right', 'left'] }, width, style)
  }
  const whole = epochs.filter(({ complete }) => complete).length
  const windows: Row = ['epochs measured', formatExact(whole), `ended: ${printable(energy.stopReason)}`]
  const known = equivalents.map(({ amount, unit, source }): Row => {
    return [printable(unit), String(Number(amount.toPrecision(2))), printable(source)]
  })
  return [
    draw('uncertainty of the training', '95%', trainingUncertaintyRows(record, energy)),
    draw('how it was measured', '', [windows, ...sensorRows(energy, own)]),
    draw('the training compares to', '', known),
  ]
    .filter((table) => table !== '')
    .join('\n')
}

/** What the interval of an epoch is made of; that of an image where no epoch came to its end. */
export function trainingUncertaintyRows(
  { carbon }: Pick<TrainingRecord, 'carbon'>,
  energy: NonNullable<TrainingRecord['energy']>,
): readonly Row[] {
  const { perEpoch, netPerEpoch, perImage, budget } = energy
  const shared = { budget, factor: carbon?.factor }
  if (perEpoch === undefined) {
    return budgetRows({ ...shared, unit: 'image', energy: perImage, net: undefined, carbon: carbon?.perImage })
  }
  return budgetRows({ ...shared, unit: 'epoch', energy: perEpoch, net: netPerEpoch, carbon: carbon?.perEpoch })
}
