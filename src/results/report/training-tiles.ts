/** The few figures of a training that people look for first. */
import type { TrainingRecord } from '../../core/record.js'
import type { Html } from '../pages/html.js'
import { type Tile, tileList } from '../pages/tiles.js'
import { formatExact, formatFigure, formatPlain, formatShare, GRAMS_CO2E, JOULES, SECONDS } from '../quantity.js'

/** @returns a list; a figure that is not known says so */
export function trainingTiles({ energy, carbon, epochs, accuracy, phases, settings }: TrainingRecord): Html {
  const { perEpoch, gross, kind = 'unknown', measuredShare } = energy ?? {}
  const { total, factor } = carbon ?? {}
  const tiles: readonly Tile[] = [
    {
      ...{ name: 'Energy per epoch', kind, measuredShare },
      value: perEpoch && formatFigure({ ...perEpoch, value: perEpoch.joules }, JOULES),
    },
    {
      ...{ name: 'Energy of the training', kind, measuredShare },
      value: gross && formatFigure({ ...gross, value: gross.joules }, JOULES),
    },
    {
      ...{ name: 'CO2 of the training', kind: 'modelled' },
      value: total && formatFigure({ ...total, value: total.grams }, GRAMS_CO2E),
      note: factor && `${Number(factor.gramsPerKwh.toPrecision(3))} g/kWh, ${factor.zoneName ?? factor.zone}`,
    },
    {
      ...{ name: 'Time of the epochs', kind: 'measured' },
      value: formatPlain(phases.training + (phases.validation ?? 0), SECONDS),
      note: `${formatExact(epochs.length)} of ${formatExact(settings.epochs)} epochs`,
    },
    {
      ...{ name: 'Accuracy', kind: 'measured' },
      value: accuracy && formatShare(accuracy.top1),
      note: accuracy && `${formatExact(accuracy.count)} ${accuracy.of} images`,
    },
  ]
  return tileList(tiles)
}
