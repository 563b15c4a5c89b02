/**
 * Compares whole models in every form of PyTorch, as `test/golden/make-torch-models.py` saved them, with what PyTorch counted
 * and computed: parameters and MACs exactly, outputs within 1e-4 of the largest, for one sample and for three.
 *
 *   npm run check:torch -- <folder> [--table file.md] [name ...]
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ModelFactory } from '../dist/formats/factory.js'
import { onnxRuntimeEngine } from '../dist/src/engines/onnxruntime.js'
import { countGraph } from '../dist/src/operators/count.js'

const { values, positionals } = parseArgs({ options: { table: { type: 'string' } }, allowPositionals: true })
const [folder, ...wanted] = positionals
if (folder === undefined) throw new Error('usage: npm run check:torch -- <folder> [name ...]')
const TOLERANCE = 1e-4
const FORMS = ['scripted.pt', 'traced.pt', 'exported.pt2']
const SAMPLES = 3
const factory = ModelFactory.withPredefinedFormats()

const floatsIn = (path) => {
  const bytes = readFileSync(path)
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}

/** The file as it is; `!` where it has to be told how large its pictures are, since it says nothing or another size follows. */
async function opened(path, size) {
  const model = await factory.open(path)
  const [input] = model.inputs
  const [, , height] = input?.type?.shape ?? []
  if (model.graph !== undefined && (typeof height !== 'number' || height === size)) return { model, note: '' }
  if (model.graph === undefined && !/--input/.test(model.wayToGraph ?? '')) throw new Error(model.whyNoGraph)
  const name = input?.name ?? ''
  return { model: await factory.open(path, { inputShapes: new Map([[name, [1, 3, size, size]]]) }), note: '!' }
}

/** How far the outputs are from the expected ones, as a part of the largest. */
function distance(found, expected) {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6)
  const farthest = expected.reduce((most, value, at) => Math.max(most, Math.abs(value - found[at])), 0)
  return found.length === expected.length ? farthest / largest : Number.POSITIVE_INFINITY
}

async function checked(path, { size }, pictures, expected) {
  const { model, note } = await opened(path, size)
  if (model.graph === undefined) throw new Error(model.whyNoGraph)
  const [{ name }] = model.inputs
  const { counts } = countGraph(model.graph, { batchSize: 1, inputShapes: new Map([[name, [1, 3, size, size]]]) })
  const session = await onnxRuntimeEngine().load(model, { threads: 2 })
  try {
    let farthest = 0
    for (const batch of [1, SAMPLES]) {
      const data = pictures.subarray(0, (pictures.length / SAMPLES) * batch)
      const run = session.bind(new Map([[name, { dtype: 'float32', shape: [batch, 3, size, size], data }]]))
      await run.run()
      const [output] = [...run.outputs().values()]
      farthest = Math.max(farthest, distance(output.data, expected.subarray(0, (expected.length / SAMPLES) * batch)))
    }
    return { counts, farthest, note, nodes: model.graph.main.nodes.length }
  } finally {
    await session.close()
  }
}

function faultsOf({ counts, farthest }, expected) {
  const found = { parameters: counts.parameters.trainable, macs: counts.macs }
  const faults = Object.keys(found).flatMap((key) =>
    found[key] === expected[key] ? [] : [`${key} ${found[key]}, expected ${expected[key]}`],
  )
  if (counts.unknown?.length > 0) faults.push(`unknown operators: ${counts.unknown.map(({ name }) => name).join(', ')}`)
  return farthest <= TOLERANCE ? faults : [...faults, `outputs are off by ${farthest}`]
}

async function checkModel(name) {
  const expected = JSON.parse(readFileSync(join(folder, name, 'model.json'), 'utf8'))
  const [pictures, outputs] = ['input.bin', 'output.bin'].map((file) => floatsIn(join(folder, name, file)))
  const row = { name, ...expected, forms: {}, faults: [] }
  for (const form of FORMS) {
    const path = join(folder, name, form)
    if (!existsSync(path)) continue
    try {
      const started = performance.now()
      const found = await checked(path, expected, pictures, outputs)
      row.forms[form] = `${found.farthest.toExponential(0)}${found.note}`
      row.faults.push(...faultsOf(found, expected).map((fault) => `${form}: ${fault}`))
      console.error(`${name} ${form} ${found.nodes} nodes ${((performance.now() - started) / 1000).toFixed(1)} s`)
    } catch (error) {
      row.faults.push(`${form}: ${error.message.slice(0, 300)}`)
    }
  }
  return row
}

const lineOf = ({ name, size, parameters, macs, forms, refused }) => {
  const cells = FORMS.map((form) => forms[form] ?? (refused[form] === undefined ? '-' : 'PyTorch cannot'))
  return `| ${[name, size, parameters.toLocaleString('en'), macs.toLocaleString('en'), ...cells].join(' | ')} |`
}

const names =
  wanted.length > 0 ? wanted : readdirSync(folder).filter((name) => existsSync(join(folder, name, 'model.json')))
const rows = []
for (const name of names) {
  const row = await checkModel(name)
  rows.push(row)
  console.log(lineOf(row))
  for (const fault of row.faults) console.log(`  ${fault}`)
}
if (values.table !== undefined) {
  const head = `| model | picture | parameters | MACs | ${FORMS.join(' | ')} |\n| --- | ---: | ---: | ---: |${' ---: |'.repeat(FORMS.length)}\n`
  writeFileSync(values.table, `${head}${rows.map(lineOf).join('\n')}\n`)
}
process.exitCode = rows.some(({ faults }) => faults.length > 0) ? 1 : 0
