/** The formats that the documentation shows keep what it asks of others. */
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

const { linearFormat } = await import(new URL('linear-format.js', folder).href)
const linear = fileURLToPath(new URL('shapes.linear.json', folder))

formatContract('the example that trains in a way of its own', () => linearFormat, {
  good: [linear],
  broken: [{ name: 'a file that is cut off', content: readFileSync(linear).subarray(0, 30), code: 'E_LINEAR' }],
})
