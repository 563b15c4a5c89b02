/** The few figures of a run that people look for first, each with its kind. */
import type { InferenceRecord } from '../../core/record.js'
import type { Html } from '../pages/html.js'
import { type Tile, tileList } from '../pages/tiles.js'
import {
  formatExact,
  formatFigure,
  formatPlain,
  formatShare,
  GRAMS_CO2E,
  IMAGES_PER_SECOND,
  JOULES,
  SECONDS,
} from '../quantity.js'

/** @returns a list; a figure that is not known says so */
export function inferenceTiles(record: InferenceRecord): Html {
  const tiles = [
    energyTile(record),
    carbonTile(record),
    latencyTile(record),
    throughputTile(record),
    ...accuracyTile(record),
  ]
  return tileList(tiles)
}

function energyTile({ energy }: InferenceRecord): Tile {
  const name = 'Energy per inference'
  if (energy === undefined) return { name, value: undefined, kind: 'unknown' }
  const { perInference, netPerInference } = energy
  return {
    name,
    value: formatFigure({ ...perInference, value: perInference.joules }, JOULES),
    kind: energy.kind,
    measuredShare: energy.measuredShare,
    note:
      netPerInference && `${formatFigure({ ...netPerInference, value: netPerInference.joules }, JOULES)} net of idle`,
  }
}

function carbonTile({ carbon }: InferenceRecord): Tile {
  const value = carbon && formatFigure({ ...carbon.perInference, value: carbon.perInference.grams }, GRAMS_CO2E)
  const factor =
    carbon &&
    `${Number(carbon.factor.gramsPerKwh.toPrecision(3))} g/kWh, ${carbon.factor.zoneName ?? carbon.factor.zone}`
  return { name: 'CO2 per inference', value, kind: 'modelled', note: factor }
}

function latencyTile({ latency }: InferenceRecord): Tile {
  const value = latency && formatPlain(latency.p50, SECONDS)
  return {
    name: 'Latency of a batch, p50',
    value,
    kind: 'measured',
    note: latency && `p99 ${formatPlain(latency.p99, SECONDS)}`,
  }
}

function throughputTile({ throughput, latency }: InferenceRecord): Tile {
  const value = throughput && formatFigure({ ...throughput, value: throughput.imagesPerSecond }, IMAGES_PER_SECOND)
  return { name: 'Throughput', value, kind: 'measured', note: latency && `${formatExact(latency.count)} batches` }
}

/** Only where there are labels. */
function accuracyTile({ accuracy }: InferenceRecord): readonly Tile[] {
  if (accuracy === undefined) return []
  const top5 = accuracy.top5 === undefined ? '' : `top-5 ${formatShare(accuracy.top5)}, `
  const note = `${top5}${formatExact(accuracy.count)} labelled images`
  return [{ name: 'Accuracy, top-1', value: formatShare(accuracy.top1), kind: 'measured', note }]
}
