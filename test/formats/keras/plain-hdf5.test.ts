/** The reader of plain files against the HDF5 library: the same names, texts and elements. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Hdf5File, Hdf5Place } from '../../../formats/keras/hdf5.js'
import { Hdf5ByLibrary } from '../../../formats/keras/hdf5-by-library.js'
import { kerasFormat } from '../../../formats/keras/keras-format.js'
import { NotPlain } from '../../../formats/keras/plain-hdf5/plain-bytes.js'
import { openPlain } from '../../../formats/keras/plain-hdf5/plain-file.js'
import { readHdf5 } from '../../../formats/keras/read-hdf5.js'
import { memoryFile, openFile, type RandomAccessFile } from '../../../formats/random-access-file.js'
import { openSource } from '../../../formats/source.js'
import { seededRandom } from '../../../src/core/random.js'
import { mutate } from '../../helpers/mutate.js'
import { describeWithSharedData, SHARED_DATA } from '../../helpers/shared-data.js'

const GOLDEN = fileURLToPath(new URL('../../golden/keras/', import.meta.url))
const TEXTS = ['model_config', 'keras_version', 'backend', 'layer_names', 'weight_names', 'no_such_name']

const placeOf = (path: string): Hdf5Place => {
  const file = openFile(path)
  file.close()
  return { path, start: 0, size: file.size, open: () => openFile(path) }
}

/** Everything below a group, by path; in a broken file a group may hold itself. */
function contents(file: Hdf5File, group = ''): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  if (group.split('/').length > 12) return found
  for (const name of TEXTS) found[`${group} ${name}`] = file.texts(group === '' ? '/' : group, name)
  for (const name of file.members(group === '' ? '/' : group)) {
    const path = `${group}/${name}`
    const dataset = file.dataset(path)
    if (dataset === undefined) Object.assign(found, contents(file, path))
    else
      found[path] = { dtype: dataset.dtype, shape: dataset.shape, bytes: Buffer.from(dataset.read()).toString('hex') }
  }
  return found
}

async function expectTheSame(path: string): Promise<void> {
  const place = placeOf(path)
  const opened = openFile(path)
  const library = await Hdf5ByLibrary.open(place)
  try {
    expect(contents(openPlain(place, opened))).toEqual(contents(library))
  } finally {
    opened.close()
    library.close()
  }
}

describe('a plain file reads as the HDF5 library reads it', () => {
  const files = readdirSync(GOLDEN).filter((name) => name.endsWith('.h5'))
  test.each(files)('%s', async (name) => expectTheSame(join(GOLDEN, name)))
})

describeWithSharedData('files of Keras read as the HDF5 library reads them', () => {
  const folder = join(SHARED_DATA, 'h5')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.h5'))
  test.each(files)('%s', async (name) => expectTheSame(join(folder, name)))
})

test('the library is asked where a file is not plain', async () => {
  const path = join(GOLDEN, 'image.h5')
  const whole = Uint8Array.from(readFileSync(path))
  whole[8] = 3
  const place = { path, start: 0, size: whole.length, open: () => memoryFile(whole, path) }
  expect(() => openPlain(place, memoryFile(whole))).toThrow(NotPlain)
  await expect(readHdf5(place, (file) => file.members('/'))).rejects.toMatchObject({ code: 'E_HDF5' })
})

test('of changed bytes the plain reader gives up, and never reads outside the file', () => {
  const whole = readFileSync(join(GOLDEN, 'image.h5'))
  const random = seededRandom(11)
  let readable = 0
  for (let round = 0; round < 300; round += 1) {
    const bytes = mutate(whole, random)
    const file = memoryFile(bytes)
    const place = { path: 'mutated', start: 0, size: bytes.length, open: () => file }
    try {
      contents(openPlain(place, file))
      readable += 1
    } catch (error) {
      expect(error).toBeInstanceOf(NotPlain)
    }
  }
  expect(readable).toBeGreaterThan(0)
})

test.each(['image.h5', 'se.keras'])('opening %s leaves its weights unread', async (name) => {
  const source = openSource(join(GOLDEN, name))
  const unread = (): never => {
    throw new Error('a weight is read')
  }
  const open = (): RandomAccessFile => ({
    ...source.open(),
    region: (_, byteLength) => ({ byteLength, read: unread, pieces: unread }),
  })
  const { graph } = await kerasFormat().load({ ...source, open }, {})
  expect(graph?.main.initializers.size).toBeGreaterThan(0)
})
