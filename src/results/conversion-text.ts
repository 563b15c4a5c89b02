/** A conversion as text: which files there are now, their signature, and whether they compute what the model computes. */
import { basename } from 'node:path'
import type { Conversion } from '../../benchmarks/conversion.js'
import { printable } from './printable.js'
import { BYTES, formatPlain } from './quantity.js'
import type { TextStyle } from './text-style.js'
import { drawTable } from './text-table.js'

/** @param width - columns of the terminal */
export function conversionText(conversion: Conversion, width: number, style: TextStyle): string {
  const { source, files, opset } = conversion
  const opsets = Object.entries(opset).map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`)
  const subtitle = `${source.format}, ${formatPlain(source.bytes, BYTES)} · to opset ${opsets.join(', ')}`
  const side = (what: string, values: typeof source.inputs) =>
    values.map(({ name, dtype, shape }) => [what, `${dtype} ${shapeText(shape)}`, name].map(printable))
  const rows = [
    ...files.map(({ path, bytes }) => ['written', formatPlain(bytes, BYTES), printable(basename(path))]),
    ...side('input', source.inputs),
    ...side('output', source.outputs),
  ]
  const align = ['left', 'left', 'left'] as const
  return [
    `${style('strong', printable(source.name))}  ${style('faint', printable(subtitle))}\n`,
    drawTable({ head: ['ONNX file', '', ''], rows, align, wrapped: 2 }, width, style),
    `${checkText(conversion, style)}\n`,
  ].join('\n')
}

const shapeText = (shape: readonly (number | string)[] | undefined): string =>
  shape === undefined ? '(unknown rank)' : `[${shape.join(', ')}]`

function checkText({ check }: Conversion, style: TextStyle): string {
  const { engine, isEqual, largestDifference, reason } = check
  const loaded = engine === undefined ? 'not loaded in an engine' : `${engine} loads it`
  if (isEqual === true) return `checked: ${loaded}; its outputs equal those of the model on random inputs`
  if (isEqual === undefined)
    return `checked: ${loaded}; outputs not compared${reason === undefined ? '' : ` (${printable(reason)})`}`
  const by = largestDifference === undefined ? '' : ` by up to ${largestDifference.toPrecision(3)}`
  return `${style('doubtful', 'warning:')} ${loaded}, but its outputs differ from those of the model${by} on random inputs
  hint: this is to be expected only of a model that draws random numbers`
}
