/** What there is to tell of a training as a whole: the figure of each quantity as text, and where it comes from. */
import type { TrainingRecord } from '../core/record.js'
import { carbonSource, energySource, idleSource, isIdleGiven } from './inference-quantities.js'
import {
  COUNT,
  formatExact,
  formatFigure,
  formatMoney,
  formatPlain,
  formatShare,
  GRAMS_CO2E,
  IMAGES_PER_SECOND,
  JOULES,
  LITRES,
  SECONDS,
  type Unit,
  WATTS,
} from './quantity.js'

/** Name, figure, source. */
export type TrainingRow = readonly [name: string, figure: string, source: string]

interface Interval {
  readonly low: number
  readonly high: number
}

type Cell = string | undefined

const joules = (of: (Interval & { readonly joules: number }) | undefined): Cell =>
  of && formatFigure({ value: of.joules, low: of.low, high: of.high }, JOULES)
const grams = (of: (Interval & { readonly grams: number }) | undefined): Cell =>
  of && formatFigure({ value: of.grams, low: of.low, high: of.high }, GRAMS_CO2E)
const plain = (value: number | undefined, unit: Unit): Cell =>
  value === undefined ? undefined : formatPlain(value, unit)

/** @returns in groups: model and learning, speed, energy, the rest; what the record lacks is left out */
export function trainingRows(record: TrainingRecord): readonly (readonly TrainingRow[])[] {
  const groups = [learningRows(record), speedRows(record), energyRows(record), otherRows(record)]
  return groups.map((rows) =>
    rows.flatMap(([name, figure, source]) => (figure === undefined ? [] : [[name, figure, source]])),
  )
}

type Row = readonly [name: string, figure: Cell, source: string]

function learningRows({ counts, accuracy, target, epochs }: TrainingRecord): readonly Row[] {
  const wanted = target && `${formatShare(target.accuracy)} accuracy`
  return [
    ['parameters', plain(counts?.parameters.total, COUNT), 'counted in the file'],
    ['epochs', formatExact(epochs.filter(({ complete }) => complete).length), ''],
    [
      'accuracy',
      accuracy && formatShare(accuracy.top1),
      accuracy ? `measured, ${formatExact(accuracy.count)} images of the ${accuracy.of}` : '',
    ],
    [`${wanted}`, target && (target.isReached ? `after epoch ${target.epoch}` : 'not reached'), 'asked for'],
    ['  energy until then', joules(target?.joules), 'decoding and epochs'],
    ['  CO2 until then', grams(target?.grams), ''],
    ['  time until then', plain(target?.seconds, SECONDS), ''],
  ]
}

function speedRows({ latency, throughput }: TrainingRecord): readonly Row[] {
  const mean = latency && formatFigure({ value: latency.mean, low: latency.low, high: latency.high }, SECONDS)
  return [
    ['step, mean', mean, 'measured'],
    ['step, p50', plain(latency?.p50, SECONDS), 'measured'],
    ['step, p95', plain(latency?.p95, SECONDS), 'measured'],
    ['step, p99', plain(latency?.p99, SECONDS), 'measured'],
    ['steps', latency && formatExact(latency.count), 'measured'],
    [
      'throughput',
      throughput && formatFigure({ value: throughput.imagesPerSecond, ...throughput }, IMAGES_PER_SECOND),
      'measured, batches put together included',
    ],
  ]
}

function energyRows(record: TrainingRecord): readonly Row[] {
  const { energy, carbon, water, cost } = record
  const [source, carbonWords] = [energySource(energy === undefined ? {} : { energy }) ?? '', carbonWordsOf(record)]
  return [
    ['energy of the training', joules(energy?.gross), source],
    ['  decoding images', joules(energy?.parts.decoding), 'before the first epoch'],
    ['  learning', joules(energy?.parts.training), ''],
    ['  validation', joules(energy?.parts.validation), ''],
    ['  net of idle', joules(energy?.net), energy !== undefined && isIdleGiven(energy) ? 'idle power given' : ''],
    ['energy per epoch', joules(energy?.perEpoch), 'with its validation'],
    ['energy per step', joules(energy?.perStep), 'without validation, as the next two'],
    ['energy per image', joules(energy?.perImage), ''],
    ['energy per 1,000 images', joules(energy?.perThousandImages), ''],
    ['idle power', plain(energy?.idle?.watts, WATTS), idleSource(energy === undefined ? {} : { energy }) ?? ''],
    ['CO2 of the training', grams(carbon?.total), carbonWords],
    ['CO2 per epoch', grams(carbon?.perEpoch), ''],
    ['CO2 per 1,000 images', grams(carbon?.perThousandImages), ''],
    ['  with the machine (SCI)', plain(carbon?.sci?.grams, GRAMS_CO2E), 'modelled: of the whole training'],
    ['water', plain(water?.total, LITRES), water ? `modelled: WUE ${water.wue} L/kWh` : ''],
    ['cost', cost && formatMoney(cost.total, cost.currency), 'modelled, with PUE'],
  ]
}

const carbonWordsOf = ({ carbon, energy }: TrainingRecord): string =>
  carbonSource({ ...(carbon === undefined ? {} : { carbon }), ...(energy === undefined ? {} : { energy }) }) ?? ''

function otherRows({ phases, epochs, own, files }: TrainingRecord): readonly Row[] {
  const data = epochs.reduce(
    (sum, { training, validation }) => sum + training.data.seconds + (validation?.data.seconds ?? 0),
    0,
  )
  return [
    ['decoding images', plain(phases.decoding, SECONDS), 'measured, before the first epoch'],
    ['waiting for batches', plain(data, SECONDS), 'measured, in the epochs'],
    ['making the training graph', plain(phases.prepare, SECONDS), 'measured, with opening it in the engine'],
    ['model load', plain(phases.load, SECONDS), 'measured'],
    ['saving', plain(phases.save, SECONDS), 'measured, outside the epochs'],
    [
      'greenbench itself',
      own?.share === undefined ? undefined : formatShare(own.share),
      'its share of the CPU time of this process',
    ],
    ['model written', files.model && 'yes', files.model ?? ''],
    ['checkpoint written', files.checkpoint && 'yes', files.checkpoint ?? ''],
  ]
}
