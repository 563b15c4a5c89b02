/** An epoch of a training as a row. */
import type { EpochRecord } from '../../core/record.js'
import { formatFigure, formatPlain, formatShare, GRAMS_CO2E, IMAGES_PER_SECOND, JOULES, SECONDS } from '../quantity.js'

/** Names of the columns, all of them figures. */
export const EPOCH_HEAD = ['Epoch', 'Loss', 'Accuracy', 'Validation accuracy', 'Time', 'Images', 'Energy', 'CO2']

/** @returns figures with their intervals; `-` for those that are not known */
export function epochCells({ epoch, training, validation, seconds, energy, carbon }: EpochRecord): readonly string[] {
  const share = (value: number | undefined) => (value === undefined ? '-' : formatShare(value))
  return [
    String(epoch),
    training.loss?.toPrecision(4) ?? '-',
    share(training.accuracy),
    share(validation?.accuracy),
    formatPlain(seconds, SECONDS),
    training.imagesPerSecond === undefined ? '-' : formatPlain(training.imagesPerSecond, IMAGES_PER_SECOND),
    energy === undefined ? '-' : formatFigure({ value: energy.joules, ...energy }, JOULES),
    carbon === undefined ? '-' : formatFigure({ value: carbon.grams, ...carbon }, GRAMS_CO2E),
  ]
}
