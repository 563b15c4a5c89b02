import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { convertModel } from '../../benchmarks/conversion.js'
import { inspectModel } from '../../benchmarks/inspection.js'
import { describeWithSharedData, sharedPath } from '../helpers/shared-data.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const folder = temporaryFolder()
const golden = (file: string) => fileURLToPath(new URL(`../golden/keras/${file}`, import.meta.url))

/** What an inspection of the model and of its ONNX twin must agree on. */
async function factsOf(path: string) {
  const { counts, model } = await inspectModel({ model: path })
  const { inputs, outputs, opset } = model
  return { counts, inputs, outputs, opset }
}

async function expectTwin(path: string): Promise<void> {
  const target = join(folder, `${basename(path)}.onnx`)
  const { check } = await convertModel({ model: path, target })
  expect(check.isEqual ?? check.reason).toSatisfy(
    (found) => found === true || String(found).startsWith('not run: input'),
  )
  expect(await factsOf(target)).toEqual(await factsOf(path))
}

describe('an ONNX twin counts and computes as its model does', () => {
  test.each(['image.h5', 'words.h5', 'se.keras', 'volume.h5', 'twins.h5'])('%s', (file) => expectTwin(golden(file)))
})

describeWithSharedData('so do the twins of real files', () => {
  const refused = /lambda|counter$|java/
  const files = ['h5', 'h5/dl4j_tfkeras', 'savedmodel'].flatMap((part) =>
    readdirSync(sharedPath(part)).map((name) => sharedPath(part, name)),
  )
  const models = files.filter((path) => /\.h5$|savedmodel\//.test(path) && !refused.test(path))
  test.each(models.map((path) => [basename(path), path]))('%s', (_, path) => expectTwin(path))
})

test('so does the twin of an ONNX file', async () => {
  const shapes = fileURLToPath(new URL('../../examples/shapes.onnx', import.meta.url))
  await expectTwin(shapes)
})
