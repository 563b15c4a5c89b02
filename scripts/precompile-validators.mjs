// After tsc: puts code that ajv writes from the schemas in the place of the modules that compile them, so that no start of
// the command line has to load typebox and compile them. The leaderboard's schema also becomes a file of the package.
import { writeFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import addFormats from 'ajv-formats'
import {
  ComparisonReferenceSchema,
  InferenceRecordSchema,
  InspectionRecordSchema,
  TrainingRecordSchema,
} from '../dist/src/core/record.js'
import { LeaderboardSchema } from '../dist/src/results/leaderboard/leaderboard.js'
import { splitSchema } from './split-schema.mjs'

writeValidators('core/record-validators.js', {
  inspection: InspectionRecordSchema,
  inference: InferenceRecordSchema,
  comparison: ComparisonReferenceSchema,
  training: TrainingRecordSchema,
})
writeValidators('results/leaderboard/leaderboard-validator.js', { leaderboard: LeaderboardSchema }, { allErrors: true })
writeFileSync(
  new URL('../dist/leaderboard.schema.json', import.meta.url),
  `${JSON.stringify(LeaderboardSchema, undefined, 2)}\n`,
)

/** ajv writes `require` for its formats even into ES modules. */
function writeValidators(path, schemas, options = {}) {
  const ajv = new Ajv({ ...options, inlineRefs: false, code: { source: true, esm: true, optimize: 2 } })
  addFormats.default(ajv)
  for (const [name, schema] of Object.entries(schemas)) ajv.addSchema({ ...splitSchema(schema), $id: name }, name)
  const names = Object.fromEntries(Object.keys(schemas).map((name) => [name, name]))
  const code = standalone
    .default(ajv, names)
    .replaceAll('require("ajv-formats/dist/formats").fullFormats', 'formats.fullFormats')
  if (code.includes('require(')) throw new Error(`the validators in ${path} require a module that is not imported`)
  writeFileSync(
    new URL(`../dist/src/${path}`, import.meta.url),
    `import formats from 'ajv-formats/dist/formats.js'\n${code}\n`,
  )
}
