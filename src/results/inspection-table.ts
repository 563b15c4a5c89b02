/** An inspection as text: totals, signature, operators and, when they are in the record, layers. */
import type { InspectionRecord, LayerRecord } from '../core/record.js'
import { printable, shortened } from './printable.js'
import { BYTES, COUNT, formatExact, formatPlain, formatShare } from './quantity.js'
import { notesOf } from './record-notes.js'
import type { TextStyle } from './text-style.js'
import { drawTable } from './text-table.js'

/** How much of a record is shown. */
export interface InspectionView {
  /** Columns of the terminal. */
  readonly width: number
  readonly style: TextStyle
  /** Shows only so many layers, those with the most MACs first; `undefined` shows all in the order of the graph. */
  readonly top?: number
}

/** Longer names of layers are cut in the middle. */
const NAME_LENGTH = 48

/** @param record - with `layers` where the table of layers is wanted */
export function inspectionText(record: InspectionRecord, view: InspectionView): string {
  const { style, width } = view
  const parts = [
    `${style('strong', printable(record.model.name))}  ${style('faint', printable(subtitle(record)))}\n`,
    drawTable({ ...totalsOf(record), wrapped: 2 }, width, style),
    signatureRows(record).length === 0 ? '' : drawTable({ ...signatureOf(record), wrapped: 2 }, width, style),
    record.operators.length === 0 ? '' : drawTable(operatorsOf(record), width, style),
    record.layers === undefined ? '' : drawTable(layersOf(record.layers, view.top), width, style),
    notesOf([record], style),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function subtitle({ model }: InspectionRecord): string {
  const opsets = Object.entries(model.opset ?? {}).map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`)
  const producer = model.producer === undefined || model.producer === '' ? [] : [`by ${model.producer}`]
  const opset = opsets.length === 0 ? [] : [`opset ${opsets.join(', ')}`]
  const signature = model.signature === undefined ? [] : [`signature ${model.signature}`]
  return [`${model.format}, ${formatPlain(model.bytes, BYTES)}`, ...signature, ...opset, ...producer].join(' · ')
}

function totalsOf({ counts }: InspectionRecord) {
  const batch = counts?.batchSize === undefined ? '' : `batch ${counts.batchSize}: `
  const total = (name: string, value: number | undefined, unit: typeof COUNT, remark: string) => [
    name,
    value === undefined ? '-' : formatPlain(value, unit),
    value === undefined ? '' : [exact(value, unit), remark].filter((part) => part !== '').join(', '),
  ]
  const parameters = counts?.parameters
  const rows = [
    total('parameters', parameters?.total, COUNT, ''),
    total('  trainable', parameters?.trainable, COUNT, ''),
    total('  not trainable', parameters?.nonTrainable, COUNT, ''),
    total('  size', parameters?.bytes, BYTES, ''),
    total('MACs', counts?.macs, COUNT, `${batch}convolutions and matrix products`),
    total('FLOPs', counts?.flops, COUNT, `${batch}2 x MACs`),
    total('other operations', counts?.otherOperations, COUNT, `${batch}everything else`),
    total('activation memory', counts?.peakActivationBytes, BYTES, `${batch}peak of live tensors`),
  ]
  const intensity = counts?.arithmeticIntensity
  rows.push([
    'arithmetic intensity',
    intensity === undefined ? '-' : intensity.toPrecision(3),
    intensity === undefined ? '' : 'operations per byte moved',
  ])
  return { head: ['total', '', ''], rows, align: ['left', 'right', 'left'] as const }
}

/** The figure with all its digits, where the short one has lost some. */
const exact = (value: number, unit: typeof COUNT): string =>
  value < 1000 || !Number.isInteger(value) ? '' : `${formatExact(value)}${unit === BYTES ? ' B' : ''}`

function signatureOf(record: InspectionRecord) {
  return { head: ['signature', '', ''], rows: signatureRows(record), align: ['left', 'left', 'left'] as const }
}

/** None for a file without a graph. */
function signatureRows({ model }: InspectionRecord): string[][] {
  const side = (what: string, values: typeof model.inputs) =>
    values.map(({ name, dtype, shape }) => [what, `${dtype} ${shapeText(shape)}`, name].map(printable))
  return [...side('input', model.inputs), ...side('output', model.outputs)]
}

const shapeText = (shape: readonly (number | string)[] | undefined): string =>
  shape === undefined ? '(unknown rank)' : `[${shape.join(', ')}]`

function operatorsOf({ operators }: InspectionRecord) {
  const rows = operators.map(({ operator, count, macs, otherOperations, parameters }) => [
    printable(operator),
    formatExact(count),
    ...[parameters, macs, otherOperations].map(orDash),
  ])
  const head = ['operator', 'uses', 'parameters', 'MACs', 'other operations']
  return { head, rows, align: ['left', 'right', 'right', 'right', 'right'] as const }
}

function layersOf(layers: readonly LayerRecord[], top: number | undefined) {
  const total = layers.reduce((sum, { macs }) => sum + (macs ?? 0), 0)
  const shown = top === undefined ? layers : [...layers].sort((a, b) => (b.macs ?? 0) - (a.macs ?? 0)).slice(0, top)
  const rows = shown.map((layer) => [
    shortened(printable(layer.name), NAME_LENGTH),
    printable(layer.operator),
    shapeText(layer.outputShape).replace('(unknown rank)', '-'),
    formatExact(layer.parameters),
    orDash(layer.macs),
    layer.macs === undefined || total === 0 ? '-' : formatShare(layer.macs / total),
    orDash(layer.otherOperations),
    layer.activationBytes === undefined ? '-' : formatPlain(layer.activationBytes, BYTES),
  ])
  const title = top === undefined ? 'layer' : `layer (top ${shown.length} of ${layers.length} by MACs)`
  const head = [title, 'operator', 'output', 'parameters', 'MACs', 'share', 'other', 'activations']
  return { head, rows, align: ['left', 'left', 'left', ...Array.from({ length: 5 }, () => 'right' as const)] as const }
}

const orDash = (value: number | undefined): string => (value === undefined ? '-' : formatPlain(value, COUNT))
