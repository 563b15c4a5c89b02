/** Files that once took the reader of Keras files down a wrong way. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { refuseDamagedHeap } from '../../../formats/keras/global-heap.js'
import { kerasFormat } from '../../../formats/keras/keras-format.js'
import { memoryFile } from '../../../formats/random-access-file.js'
import { openSource } from '../../../formats/source.js'
import { readArchive, readEntry } from '../../../formats/zip/archive.js'
import { writeHdf5 } from '../../helpers/hdf5-files.js'
import { storedZip } from '../../helpers/stored-zip.js'
import { temporaryFolder } from '../../helpers/temporary-folder.js'

const folder = temporaryFolder()
const PACKED = fileURLToPath(new URL('../../fixtures/keras/packed.h5', import.meta.url))
const load = (path: string) => kerasFormat().load(openSource(path), {})

test('a whole file is read after many damaged ones, each of which the HDF5 library keeps open', async () => {
  const damaged = readFileSync(PACKED)
  damaged.fill(0x55, 200, damaged.length - 200)
  const path = join(folder, 'damaged.h5')
  writeFileSync(path, damaged)
  for (let round = 0; round < 120; round += 1) await expect(load(path)).rejects.toMatchObject({ code: 'E_HDF5' })
  expect((await load(PACKED)).graph).toBeDefined()
})

describe('a collection of texts', () => {
  const SIZE = 8192
  /** One object of this size, then free space to the end. */
  function collection(contents: number): Buffer {
    const bytes = Buffer.alloc(SIZE)
    bytes.write('GCOL\x01', 'latin1')
    bytes.writeBigUInt64LE(BigInt(SIZE), 8)
    bytes.writeUInt16LE(1, 16)
    bytes.writeBigUInt64LE(BigInt(contents), 24)
    bytes.writeBigUInt64LE(BigInt(Math.max(0, SIZE - 32 - contents)), 32 + contents + 8)
    return bytes
  }
  const firstRead = (whole: Buffer): Buffer => {
    const part = Buffer.from(whole.subarray(0, 4096))
    refuseDamagedHeap(part, SIZE, (size) => whole.subarray(0, size))
    return part
  }

  test('that is longer than what HDF5 reads first stays as it is', () => {
    const whole = collection(6000)
    expect(firstRead(whole)).toEqual(whole.subarray(0, 4096))
  })

  test('is refused for damage behind what HDF5 reads first', () => {
    const whole = collection(6000)
    whole.writeBigUInt64LE(0n, 32 + 6000 + 8)
    expect(firstRead(whole).subarray(0, 4).toString('latin1')).not.toBe('GCOL')
  })
})

test.each(['toString', '__proto__'])('a layer of class %s in an archive is refused by name', async (className) => {
  const weights = join(folder, 'empty.h5')
  await writeHdf5(weights, [])
  const layers = [
    { class_name: 'InputLayer', config: { name: 'input', batch_shape: [null, 4] } },
    { class_name: className, config: { name: 'odd' } },
  ]
  const config = { class_name: 'Sequential', config: { name: 'model', layers } }
  const path = join(folder, 'odd.keras')
  const entries = { 'config.json': Buffer.from(JSON.stringify(config)), 'model.weights.h5': readFileSync(weights) }
  writeFileSync(path, storedZip(entries))
  await expect(load(path)).rejects.toMatchObject({
    code: 'E_KERAS_LAYER',
    message: expect.stringContaining(className),
  })
})

test('an entry of an archive that unpacks to another size than it claims is refused', () => {
  const packed = deflateRawSync(Buffer.alloc(1000))
  const [name, local, central, end] = [Buffer.from('a'), Buffer.alloc(30), Buffer.alloc(46), Buffer.alloc(22)]
  for (const [head, sign, at] of [
    [local, 'PK\x03\x04', 0],
    [central, 'PK\x01\x02', 2],
  ] as const) {
    head.write(sign, 'latin1')
    head.writeUInt16LE(8, 8 + at)
    head.writeUInt32LE(packed.length, 18 + at)
    head.writeUInt32LE(5000, 22 + at)
    head.writeUInt16LE(1, 26 + at)
  }
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt32LE(47, 12)
  end.writeUInt32LE(31 + packed.length, 16)
  const file = memoryFile(Buffer.concat([local, name, packed, central, name, end]))
  const entry = readArchive(file).get('a')
  expect(entry).toBeDefined()
  expect(() => entry && readEntry(file, entry, 10_000)).toThrow('cannot be unpacked to 5000 bytes')
})
