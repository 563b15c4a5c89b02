/** Every ONNX file of other projects: read, written and read again, and given to onnxruntime in both forms. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { InferenceSession } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../../formats/factory.js'
import { ExternalData } from '../../../formats/onnx/external-data.js'
import { readTensor } from '../../../formats/onnx/tensor.js'
import { memoryFile } from '../../../formats/random-access-file.js'
import { decodeFile } from '../../../formats/wire/decode.js'
import { TENSOR } from '../../../src/graph/onnx-schema.js'
import { writeOnnx } from '../../../src/graph/onnx-writer.js'
import { describeModel } from '../../helpers/describe-graph.js'
import { describeWithSharedData, sharedPath } from '../../helpers/shared-data.js'
import { temporaryFolder } from '../../helpers/temporary-folder.js'
import { readTensorProto } from '../../helpers/tensor-proto.js'

/** Their weights lie in files that are not there, so no engine loads them either. */
const WITHOUT_WEIGHTS = [
  'onnxruntime/java/src/test/resources/java-external-matmul.onnx',
  'onnxruntime/js/web/test/e2e/model_with_orig_ext_data.onnx',
  'onnxruntime/testdata/model_with_external_initializer_come_from_user.onnx',
]

describeWithSharedData('ONNX files of other projects', () => {
  const root = sharedPath('onnx')
  const files = readdirSync(root, { recursive: true }).map(String).sort()
  const models = files.filter((file) => file.endsWith('.onnx') && !WITHOUT_WEIGHTS.includes(file))
  const folder = temporaryFolder()
  const factory = ModelFactory.withPredefinedFormats()

  test('there are enough of them to mean something', () => {
    expect(models.length).toBeGreaterThan(100)
  })

  test.each(models)('%s is the same after writing and reading', async (file) => {
    const { graph } = await factory.open(join(root, file))
    if (graph === undefined) throw new Error('no graph')
    const written = join(folder, `${files.indexOf(file)}-${basename(file)}`)
    writeFileSync(written, writeOnnx(graph))
    const again = await factory.open(written)
    if (again.graph === undefined) throw new Error('no graph')
    expect(describeModel(again.graph)).toEqual(describeModel(graph))
    // The other way round may differ: a file of IR version 2 names no opset, and gets one.
    if (await loads(join(root, file))) expect(await loads(written)).toBe(true)
  })

  test.each(WITHOUT_WEIGHTS)('%s: the missing file is named', async (file) => {
    await expect(factory.open(join(root, file))).rejects.toMatchObject({ code: 'E_EXTERNAL_DATA_MISSING' })
  })

  describe('tensors of test data read as another reader has them', () => {
    const tensors = files.filter((file) => file.endsWith('.pb') && !file.includes('sequence'))
    test.each(tensors)('%s', (file) => {
      const content = readFileSync(join(root, file))
      const expected = readTensorProto(content)
      const tensor = readTensor(decodeFile(memoryFile(content, file), TENSOR), {
        path: file,
        external: new ExternalData(file, () => memoryFile(content)),
      })
      expect(tensor).toMatchObject({ name: expected.name, shape: expected.dims })
      if (tensor.dtype === 'string') expect(tensor.data.readStrings()).toEqual(expected.strings)
      else expect(Buffer.from(tensor.data.read()).equals(expected.bytes)).toBe(true)
    })
  })
})

async function loads(path: string): Promise<boolean> {
  try {
    const session = await InferenceSession.create(path, { logSeverityLevel: 4 })
    await session.release()
    return true
  } catch {
    return false
  }
}
