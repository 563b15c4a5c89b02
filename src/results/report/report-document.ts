/** A report as a document: what the page says, without its charts, for Markdown and LaTeX. */
import type {
  ComparisonRecord,
  InferenceRecord,
  InspectionRecord,
  ResultRecord,
  TrainingRecord,
} from '../../core/record.js'
import { distinctions } from '../distinctions.js'
import { type Block, type DocumentText, heading, paragraph, table } from '../document/document.js'
import { uncertaintyRows } from '../explanation.js'
import { freeFormRows } from '../free-form-rows.js'
import { quantityRows } from '../inference-quantities.js'
import { COUNT, formatExact, formatPlain } from '../quantity.js'
import { roundsText } from '../rounds-text.js'
import { trainingUncertaintyRows } from '../training-explanation.js'
import { trainingRows } from '../training-quantities.js'
import { COMPETITOR_HEAD, competitorRows } from './competitor-rows.js'
import { EPOCH_HEAD, epochCells } from './epoch-cells.js'
import { countFacts, modelFacts } from './model-facts.js'
import { noteBlocks } from './note-blocks.js'
import type { ReportOptions } from './report-formats.js'
import { days, titleOf, versionsOf, withRuns } from './report-order.js'
import { headingOf } from './run-names.js'
import { runsTable, trainingsTable } from './runs-table.js'
import { settingOf } from './setting.js'
import { verdictBlocks } from './verdict-parts.js'

/** @returns comparisons first, then all runs in one table and a section for each, as on the page */
export function reportDocument(records: readonly ResultRecord[], options: ReportOptions): DocumentText {
  const all = withRuns(records)
  const isOfMany = all.length > 1
  const apart = distinctions(all, headingOf)
  return {
    blocks: [
      paragraph(`${days(records)}, measured by greenbench ${versionsOf(records)}.`),
      ...(isOfMany ? [...runsTable(all), ...trainingsTable(all)] : []),
      ...all.flatMap((record) => [
        heading(1, `${headingOf(record)}${apart.get(record) ?? ''}`),
        ...sectionOf(record, all),
      ]),
      paragraph(
        `Written by greenbench ${options.version}. Intervals are 95%. `,
        { strong: 'measured' },
        ': by a clock or a sensor; ',
        { strong: 'modelled' },
        ': by a formula.',
      ),
    ],
    sources: [],
  }
}

/** Heading of the whole. */
export const reportTitle = (records: readonly ResultRecord[], { title }: ReportOptions): string =>
  title ?? titleOf(records)

function sectionOf(record: ResultRecord, all: readonly ResultRecord[]): readonly Block[] {
  if (record.kind === 'inference') return inferenceBlocks(record)
  if (record.kind === 'comparison') return comparisonBlocks(record, all)
  return record.kind === 'training' ? trainingBlocks(record) : inspectionBlocks(record)
}

function inferenceBlocks(record: InferenceRecord): readonly Block[] {
  const rows = quantityRows([record])
    .flat()
    .map(({ name, cells: [cell = 'not known'], source }) => [name.trim(), cell, source])
  return [
    paragraph(settingOf(record)),
    ...noteBlocks(record),
    ...figureTable(rows),
    ...uncertaintyTable(record.energy === undefined ? [] : uncertaintyRows(record, record.energy)),
    ...modelTables(record),
    ...freeForm(record, ['host', 'conditions', 'versions', 'options']),
  ]
}

function trainingBlocks(record: TrainingRecord): readonly Block[] {
  const { engine, batchSize, energy } = record
  return [
    paragraph(`${engine.name} ${engine.version} on ${engine.executionProvider}, batches of ${batchSize}`),
    ...noteBlocks(record),
    ...figureTable(
      trainingRows(record)
        .flat()
        .map(([name, ...others]) => [name.trim(), ...others]),
    ),
    ...table({
      caption: 'Epochs of the training',
      head: EPOCH_HEAD,
      rows: record.epochs.map(epochCells),
      align: EPOCH_HEAD.map(() => 'right' as const),
    }),
    ...uncertaintyTable(energy === undefined ? [] : trainingUncertaintyRows(record, energy)),
    ...modelTables(record),
    ...freeForm(record, ['settings', 'host', 'conditions', 'versions', 'options']),
  ]
}

function inspectionBlocks(record: InspectionRecord): readonly Block[] {
  const count = (value: number | undefined) => (value === undefined ? 'not known' : formatPlain(value, COUNT))
  const rows = record.operators.map(({ operator, count: uses, macs, otherOperations, parameters = 0 }) => [
    ...[operator, formatExact(uses), formatExact(parameters), count(macs), count(otherOperations)],
  ])
  const head = ['Operator', 'Uses', 'Parameters', 'MACs', 'Other operations']
  const align = ['left', 'right', 'right', 'right', 'right'] as const
  return [
    ...modelTables(record),
    ...noteBlocks(record),
    ...table({ caption: 'Operators of the model', head, rows, align, wrapped: 0 }),
  ]
}

function comparisonBlocks(record: ComparisonRecord, all: readonly ResultRecord[]): readonly Block[] {
  return [
    paragraph(
      `${roundsText(record)}, in an order drawn anew for each (seed ${record.seed}) and then taken backwards; ratios to ${record.baseline}, below 1 is less`,
    ),
    ...table({
      caption: 'Competitors, with their 95% intervals',
      head: COMPETITOR_HEAD,
      rows: competitorRows(record, [...record.records, ...all]),
      align: COMPETITOR_HEAD.map((_, column) => (column === 0 ? 'left' : 'right')),
      wrapped: 0,
    }),
    ...verdictBlocks(record),
    ...noteBlocks(record),
    ...freeForm(record, ['versions', 'options']),
  ]
}

const figureTable = (rows: readonly (readonly string[])[]): readonly Block[] =>
  table({
    ...{ caption: 'All figures, with their 95% intervals', head: ['Quantity', 'Figure', 'Source'], rows, wrapped: 2 },
    align: ['left', 'right', 'left'],
  })

const uncertaintyTable = (rows: readonly (readonly string[])[]): readonly Block[] =>
  table({
    ...{ caption: 'What the intervals are made of', head: ['Part', '95%', ''], wrapped: 2 },
    rows: rows.map((row) => row.map((cell) => cell.trim())),
    align: ['left', 'right', 'left'],
  })

const factTable = (caption: string, facts: readonly (readonly [string, string | undefined])[]): readonly Block[] =>
  table({
    ...{ caption, head: ['Name', 'Value'], wrapped: 1, align: ['left', 'left'] as const },
    rows: facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
  })

const modelTables = ({ model, counts }: Exclude<ResultRecord, { readonly kind: 'comparison' }>): readonly Block[] => [
  ...factTable('Model', modelFacts(model)),
  ...factTable('Counted in the file', countFacts(counts)),
]

function freeForm<Name extends string>(
  record: Readonly<Record<Name, unknown>>,
  names: readonly Name[],
): readonly Block[] {
  return names.flatMap((name) => {
    const { rows, isCut } = freeFormRows(record[name])
    const facts = isCut ? [...rows, ['...', 'more in the record'] as const] : rows
    return factTable(`${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, facts)
  })
}
