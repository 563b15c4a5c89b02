/** The gradients of all operators: families by domain. One line per family. */
import type { NodeTrace } from '../../operators/trace.js'
import type { GradientEntry, GradientFamily } from '../gradient-rule.js'
import { activation } from './activation.js'
import { convolution } from './convolution.js'
import { elementwise } from './elementwise.js'
import { matrix } from './matrix.js'
import { normalization } from './normalization.js'
import { pooling } from './pooling.js'
import { reduction } from './reduction.js'
import { reshape } from './reshape.js'
import { resize } from './resize.js'
import { selection } from './selection.js'

/** Rules by domain and operator name; what is not here is refused by name where a gradient has to pass. */
export const GRADIENT_TABLE: ReadonlyMap<string, GradientFamily> = new Map([
  [
    '',
    {
      ...activation,
      ...convolution,
      ...elementwise,
      ...matrix,
      ...normalization,
      ...pooling,
      ...reduction,
      ...reshape,
      ...resize,
      ...selection,
    },
  ],
])

/** @returns the rule of a node's operator, or `undefined` when the table has none */
export function gradientRule({ node }: NodeTrace): GradientEntry | undefined {
  const family = GRADIENT_TABLE.get(node.domain)
  return family !== undefined && Object.hasOwn(family, node.operator) ? family[node.operator] : undefined
}
