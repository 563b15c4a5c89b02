/** Mutated files end in an error of greenbench or in a model, never in a crash. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { kerasFormat } from '../../../formats/keras/keras-format.js'
import { openSource } from '../../../formats/source.js'
import { GreenbenchError } from '../../../src/core/errors.js'
import { seededRandom } from '../../../src/core/random.js'
import { writeOnnx } from '../../../src/graph/onnx-writer.js'
import { mutate } from '../../helpers/mutate.js'
import { temporaryFolder } from '../../helpers/temporary-folder.js'

const ROUNDS = 60
const folder = temporaryFolder()
const random = seededRandom(7)
async function load(bytes: Uint8Array): Promise<unknown> {
  const path = join(folder, 'mutated.h5')
  writeFileSync(path, bytes)
  try {
    const { graph } = await kerasFormat().load(openSource(path), {})
    return graph === undefined ? undefined : writeOnnx(graph) && undefined
  } catch (error) {
    return error
  }
}

test.each(['image.h5', 'words.h5', 'se.keras'])('%s with changed bytes ends in one clear line', async (file) => {
  const whole = readFileSync(fileURLToPath(new URL(`../../golden/keras/${file}`, import.meta.url)))
  for (let round = 0; round < ROUNDS; round += 1) {
    const failure = await load(mutate(whole, random))
    expect(failure === undefined || (failure instanceof GreenbenchError && failure.hint !== undefined)).toBe(true)
  }
})
