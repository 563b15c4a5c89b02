/** The format that the documentation shows keeps what it asks of others. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { formatContract } from '../contract/format-contract.js'

const folder = new URL('../../docs/examples/', import.meta.url)
const { mlpFormat } = await import(new URL('mlp-format.js', folder).href)
const xor = fileURLToPath(new URL('xor.mlp.json', folder))
const whole = readFileSync(xor)

formatContract('the example of the documentation', () => mlpFormat, {
  good: [xor],
  broken: [{ name: 'a file that is cut off', content: whole.subarray(0, whole.length / 2), code: 'E_MLP_JSON' }],
})
