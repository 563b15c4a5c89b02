/** A timed run as a table: one row per quantity, one column per batch size, and where each figure comes from. */
import type { InferenceRecord } from '../core/record.js'
import { type QuantityRow, quantityRows } from './inference-quantities.js'
import { printable } from './printable.js'
import { BYTES, formatPlain } from './quantity.js'
import { notesOf } from './record-notes.js'
import type { TextStyle } from './text-style.js'
import { drawTable } from './text-table.js'

/** Room for the names of the quantities and for the sources. */
const FIXED_WIDTH = 48

/**
 * @param records - of one run, one per batch size
 * @param width - columns of the terminal; batch sizes that do not fit beside the others go into a further table
 */
export function inferenceText(records: readonly InferenceRecord[], width: number, style: TextStyle): string {
  const [first] = records
  if (first === undefined) return ''
  const tables = besideEachOther(records, width).map((group) => drawRecords(group, width, style))
  return [heading(first, style), ...tables, notesOf(records, style)].filter((part) => part !== '').join('\n')
}

function besideEachOther(records: readonly InferenceRecord[], width: number): InferenceRecord[][] {
  const groups: InferenceRecord[][] = []
  let room = 0
  for (const record of records) {
    const taken =
      2 + Math.max(...quantityRows([record]).flatMap((rows) => rows.map(({ cells: [cell = ''] }) => cell.length)))
    const last = groups.at(-1)
    room -= taken
    if (last !== undefined && room >= 0) last.push(record)
    else {
      groups.push([record])
      room = width - FIXED_WIDTH - taken
    }
  }
  return groups
}

function heading(record: InferenceRecord, style: TextStyle): string {
  const { model, engine, input, images } = record
  const threads = engine.threads === 0 ? '' : `, ${engine.threads} ${engine.threads === 1 ? 'thread' : 'threads'}`
  const skipped = images === undefined || images.skippedCount === 0 ? '' : `, ${images.skippedCount} skipped`
  const data = images === undefined ? 'synthetic input' : `${images.count} images${skipped}`
  const lines = [
    `${model.format}, ${formatPlain(model.bytes, BYTES)}`,
    `${engine.name} ${engine.version} on ${engine.executionProvider}${threads}`,
    `${data}: ${input.description}`,
  ]
  return [style('strong', printable(model.name)), ...lines.map((line) => style('faint', printable(line))), ''].join(
    '\n',
  )
}

function drawRecords(records: readonly InferenceRecord[], width: number, style: TextStyle): string {
  const groups = quantityRows(records).map((rows) => rows.map(lineOf))
  const head = ['', ...records.map(({ batchSize }) => `batch ${batchSize}`), 'source']
  const blank = head.map(() => '')
  const rows = groups.filter((group) => group.length > 0).flatMap((group) => [blank, ...group])
  const align = ['left' as const, ...records.map(() => 'right' as const), 'left' as const]
  return drawTable({ head, rows: rows.slice(1), align, wrapped: head.length - 1 }, width, style)
}

const lineOf = ({ name, cells, source }: QuantityRow): string[] => [
  name,
  ...cells.map((cell) => cell ?? '-'),
  printable(source),
]
