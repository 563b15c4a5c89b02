/**
 * Compares every architecture of keras.applications, in every form that `test/golden/make-applications.py` wrote, with what
 * TensorFlow counted and computed: parameters and MACs exactly, probabilities within 1e-5.
 *
 *   npm run check:applications -- <folder> [--table file.md] [architecture ...]
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { brotliDecompressSync } from 'node:zlib'
import { ModelFactory } from '../dist/formats/factory.js'
import { onnxRuntimeEngine } from '../dist/src/engines/onnxruntime.js'
import { writeOnnx } from '../dist/src/graph/onnx-writer.js'
import { countGraph } from '../dist/src/operators/count.js'
import { madePicture } from './made-values.mjs'

const { values, positionals } = parseArgs({ options: { table: { type: 'string' } }, allowPositionals: true })
const [folder, ...wanted] = positionals
if (folder === undefined) throw new Error('usage: npm run check:applications -- <folder> [architecture ...]')
const TOLERANCE = 1e-5
const FORMS = { h5: 'model.h5', keras: 'model.keras', export: 'exported', saved_model: 'saved' }
const golden = new URL('../test/golden/applications/', import.meta.url)
const factory = ModelFactory.withPredefinedFormats()

async function checked(path, expected) {
  const opened = performance.now()
  const model = await factory.open(path)
  const inputShapes = new Map([[model.inputs[0].name, [1, ...expected.input]]])
  const { counts } = countGraph(model.graph, { batchSize: 1, inputShapes })
  const session = await onnxRuntimeEngine().load(model, { threads: 2 })
  const loadSeconds = (performance.now() - opened) / 1000
  try {
    const data = madePicture(expected.input, expected.range)
    const run = session.bind(
      new Map([[model.inputs[0].name, { dtype: 'float32', shape: [1, ...expected.input], data }]]),
    )
    await run.run()
    const [output] = [...run.outputs().values()]
    return { counts, loadSeconds, difference: farthest(output.data, expected.outputs), model }
  } finally {
    await session.close()
  }
}

function farthest(found, text) {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  const expected = new Float32Array(bytes.buffer)
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY
  return expected.reduce((most, value, at) => Math.max(most, Math.abs(value - found[at])), 0)
}

function faultsOf({ counts, difference }, expected, isTwin) {
  const { trainable, nonTrainable } = counts.parameters
  const exact = isTwin ? { macs: counts.macs } : { trainable, nonTrainable, macs: counts.macs }
  const faults = Object.keys(exact).flatMap((key) =>
    exact[key] === expected[key] ? [] : [`${key} ${exact[key]}, expected ${expected[key]}`],
  )
  return difference <= TOLERANCE ? faults : [...faults, `outputs are off by ${difference}`]
}

/** The model as greenbench writes it to ONNX, in a file. */
function onnxTwin({ graph }, into) {
  const path = join(into, 'twin.onnx')
  writeFileSync(path, writeOnnx(graph))
  return path
}

async function checkArchitecture(name) {
  const expected = JSON.parse(brotliDecompressSync(readFileSync(new URL(`${name}.json.br`, golden))).toString())
  const row = { name, parameters: expected.trainable + expected.nonTrainable, macs: expected.macs, faults: [] }
  const temporary = mkdtempSync(join(tmpdir(), 'greenbench-'))
  try {
    let twin
    for (const [form, file] of [...Object.entries(FORMS), ['onnx', undefined]]) {
      const path = file === undefined ? twin : join(folder, name, file)
      if (path === undefined || !existsSync(path)) continue
      try {
        const found = await checked(path, expected)
        row[form] = found.difference
        row.faults.push(...faultsOf(found, expected, form === 'onnx').map((fault) => `${form}: ${fault}`))
        console.error(`${name} ${form} ${found.loadSeconds.toFixed(1)} s ${found.difference.toExponential(1)}`)
        if (form === 'h5') twin = onnxTwin(found.model, temporary)
      } catch (error) {
        row.faults.push(`${form}: ${error.message}`)
      }
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
  return row
}

const forms = [...Object.keys(FORMS), 'onnx']
const shown = (value) => (value === undefined ? '-' : value.toExponential(1))
const lineOf = (row) =>
  `| ${[row.name, row.parameters.toLocaleString('en'), row.macs.toLocaleString('en'), ...forms.map((form) => shown(row[form]))].join(' | ')} |`

const names =
  wanted.length > 0 ? wanted : readdirSync(folder).filter((name) => existsSync(new URL(`${name}.json.br`, golden)))
const rows = []
for (const name of names) {
  const row = await checkArchitecture(name)
  rows.push(row)
  console.log(lineOf(row))
  for (const fault of row.faults) console.log(`  ${fault}`)
}
if (values.table !== undefined) {
  const head = `| architecture | parameters | MACs | ${forms.join(' | ')} |\n| --- | ---: | ---: |${' ---: |'.repeat(forms.length)}\n`
  writeFileSync(values.table, `${head}${rows.map(lineOf).join('\n')}\n`)
}
process.exitCode = rows.some(({ faults }) => faults.length > 0) ? 1 : 0
