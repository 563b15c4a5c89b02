/** Random values to start from, the same for the same seed. */
import { seededRandom } from '../../core/random.js'
import type { WeightRole } from './weight-roles.js'

/** Deviation of what is looked up or added, as transformers are begun with. */
const TABLE_DEVIATION = 0.02
const CONSTANTS = { factor: 1, summand: 0, slope: 0.25 }

/**
 * Filters get normal values of deviation sqrt(2 / fan in) (He), matrices uniform ones up to sqrt(6 / (fan in + fan out))
 * (Glorot), recurrent layers uniform ones up to 1 / sqrt(units); factors are 1 and summands 0.
 *
 * @param elements - filled in place; left alone where the role is `other`
 * @param seed - another one for each weight
 * @see https://arxiv.org/abs/1502.01852
 * @see https://proceedings.mlr.press/v9/glorot10a.html
 */
export function fillInitial(elements: Float32Array | Float64Array, role: WeightRole, seed: number): void {
  if (role.kind === 'filter') fillNormal(elements, Math.sqrt(2 / role.fanIn), seed)
  else if (role.kind === 'product') fillUniform(elements, Math.sqrt(6 / (role.fanIn + role.fanOut)), seed)
  else if (role.kind === 'state') fillUniform(elements, 1 / Math.sqrt(role.units), seed)
  else if (role.kind === 'table') fillNormal(elements, TABLE_DEVIATION, seed)
  else if (role.kind !== 'other') elements.fill(CONSTANTS[role.kind])
}

function fillUniform(elements: Float32Array | Float64Array, limit: number, seed: number): void {
  const random = seededRandom(seed)
  for (let index = 0; index < elements.length; index += 1) elements[index] = (2 * random() - 1) * limit
}

/** Box and Muller: two normal numbers from two uniform ones. */
function fillNormal(elements: Float32Array | Float64Array, deviation: number, seed: number): void {
  const random = seededRandom(seed)
  for (let index = 0; index < elements.length; index += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random()))
    const angle = 2 * Math.PI * random()
    elements[index] = radius * Math.cos(angle)
    if (index + 1 < elements.length) elements[index + 1] = radius * Math.sin(angle)
  }
}
