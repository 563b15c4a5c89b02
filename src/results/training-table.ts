/** A training as text: a row for each epoch, then what it cost altogether and where each figure comes from. */
import type { EpochRecord, TrainingRecord } from '../core/record.js'
import { printable } from './printable.js'
import {
  BYTES,
  formatFigure,
  formatPlain,
  formatShare,
  GRAMS_CO2E,
  IMAGES_PER_SECOND,
  JOULES,
  SECONDS,
} from './quantity.js'
import { notesOf } from './record-notes.js'
import type { TextStyle } from './text-style.js'
import { drawTable } from './text-table.js'
import { trainingRows } from './training-quantities.js'

/** Epochs shown; of more the first and the last ones. */
const MOST_EPOCHS = 30

/** @param width - columns of the terminal */
export function trainingText(record: TrainingRecord, width: number, style: TextStyle): string {
  const tables = [epochTable(record, width, style), totalTable(record, width, style)]
  return [heading(record, style), ...tables, notesOf([record], style)].filter((part) => part !== '').join('\n')
}

function heading({ model, engine, data, settings, resumed }: TrainingRecord, style: TextStyle): string {
  const skipped = data.skippedCount === 0 ? '' : `, ${data.skippedCount} skipped`
  const lines = [
    `${model.format}, ${formatPlain(model.bytes, BYTES)}`,
    engineText(engine),
    `${data.training} images for training, ${data.validation} for validation, ${data.classes.length} classes${skipped}: ${data.description}`,
    `${settings.optimizer}, learning rate ${settings.learningRate}, ${settings.schedule}; batches of ${settings.batchSize}; ${settings.loss}${settings.fromScratch ? '; from random weights' : ''}`,
    ...(resumed === undefined ? [] : [`resumed after epoch ${resumed.epoch}`]),
  ]
  return [style('strong', printable(model.name)), ...lines.map((line) => style('faint', printable(line))), ''].join(
    '\n',
  )
}

/** A trainer of a user's own may not say what it runs on. */
const engineText = ({ name, version, executionProvider: provider }: TrainingRecord['engine']): string =>
  [name, version === 'unknown' ? '' : `, ${version}`, provider === 'unknown' ? '' : ` on ${provider}`].join('')

/** A column of the table of epochs; left out where no epoch has it. */
interface Column {
  readonly head: string
  cell(epoch: EpochRecord): string | undefined
}

const COLUMNS: readonly Column[] = [
  { head: 'epoch', cell: ({ epoch, complete }) => `${epoch}${complete ? '' : ' (cut)'}` },
  { head: 'loss', cell: ({ training }) => training.loss?.toFixed(4) },
  { head: 'accuracy', cell: ({ training }) => shareOf(training.accuracy) },
  { head: 'val. loss', cell: ({ validation }) => validation?.loss?.toFixed(4) },
  { head: 'val. accuracy', cell: ({ validation }) => shareOf(validation?.accuracy) },
  { head: 'time', cell: ({ seconds }) => formatPlain(seconds, SECONDS) },
  {
    head: 'images/s',
    cell: ({ training: { imagesPerSecond: speed } }) =>
      speed === undefined ? undefined : formatPlain(speed, IMAGES_PER_SECOND).replace(' images/s', ''),
  },
  { head: 'energy', cell: ({ energy }) => energy && formatFigure({ value: energy.joules, ...energy }, JOULES) },
  { head: 'CO2', cell: ({ carbon }) => carbon && formatFigure({ value: carbon.grams, ...carbon }, GRAMS_CO2E) },
]

const shareOf = (share: number | undefined): string | undefined =>
  share === undefined ? undefined : formatShare(share)

function epochTable({ epochs }: TrainingRecord, width: number, style: TextStyle): string {
  const shown =
    epochs.length <= MOST_EPOCHS ? epochs : [...epochs.slice(0, MOST_EPOCHS / 2), ...epochs.slice(-MOST_EPOCHS / 2)]
  const columns = COLUMNS.filter(({ cell }) => shown.some((epoch) => cell(epoch) !== undefined))
  const rows = shown.map((epoch) => columns.map(({ cell }) => cell(epoch) ?? '-'))
  if (shown.length < epochs.length)
    rows.splice(
      MOST_EPOCHS / 2,
      0,
      columns.map((_, index) => (index === 0 ? '...' : '')),
    )
  const head = columns.map(({ head: name }) => name)
  return drawTable({ head, rows, align: columns.map(() => 'right' as const) }, width, style)
}

function totalTable(record: TrainingRecord, width: number, style: TextStyle): string {
  const groups = trainingRows(record).filter((group) => group.length > 0)
  const rows = groups.flatMap((group) => [['', '', ''], ...group.map((row) => row.map(printable))]).slice(1)
  return drawTable(
    { head: ['', 'training', 'source'], rows, align: ['left', 'right', 'left'], wrapped: 2 },
    width,
    style,
  )
}
