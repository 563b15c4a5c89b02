// After tsc: puts code that ajv writes from the record's schemas in the place of dist/src/core/record-validators.js,
// so that no start of the command line has to load typebox and compile them.
import { writeFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import addFormats from 'ajv-formats'
import { ComparisonRecordSchema, InferenceRecordSchema, InspectionRecordSchema } from '../dist/src/core/record.js'

const ajv = new Ajv({ code: { source: true, esm: true, optimize: 2 } })
addFormats.default(ajv)
ajv.addSchema(InspectionRecordSchema, 'inspection')
ajv.addSchema(InferenceRecordSchema, 'inference')
ajv.addSchema(ComparisonRecordSchema, 'comparison')

// ajv writes `require` for its formats even into ES modules.
const FORMATS = 'require("ajv-formats/dist/formats").fullFormats'
const code = standalone
  .default(ajv, { inspection: 'inspection', inference: 'inference', comparison: 'comparison' })
  .replaceAll(FORMATS, 'formats.fullFormats')
if (code.includes('require(')) throw new Error('the generated validators require a module that is not imported')

writeFileSync(
  new URL('../dist/src/core/record-validators.js', import.meta.url),
  `import formats from 'ajv-formats/dist/formats.js'\n${code}\n`,
)
