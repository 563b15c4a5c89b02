import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { kerasFormat } from '../../../formats/keras/keras-format.js'
import { formatContract } from '../../contract/format-contract.js'

const pathOf = (file: string) => fileURLToPath(new URL(`../../golden/keras/${file}`, import.meta.url))
const PACKED = fileURLToPath(new URL('../../fixtures/keras/packed.h5', import.meta.url))
const whole = readFileSync(pathOf('image.h5'))
const archive = readFileSync(pathOf('se.keras'))

formatContract('keras', () => kerasFormat(), {
  good: [pathOf('image.h5'), pathOf('words.h5'), pathOf('se.keras'), PACKED],
  broken: [
    { name: 'an HDF5 file that is cut off', content: whole.subarray(0, whole.length / 2), code: 'E_HDF5' },
    { name: 'a file with the signature alone', content: Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), code: 'E_HDF5' },
    { name: 'an archive that is cut off', content: archive.subarray(0, archive.length - 100), code: 'E_HDF5' },
  ],
})
