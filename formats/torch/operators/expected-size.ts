/** What weights ask of the sizes of what they are applied to. */
import { type Dimension, equalDimensions, formatDimension } from '../../../src/graph/dimension.js'
import { OpenSize } from '../open-size.js'
import type { OperatorCall } from '../operator-call.js'

/**
 * @param name - of the size, e.g. `channels`
 * @throws {OpenSize} where the size is still free
 * @throws {UnsupportedError} `E_TORCH_OPERATOR` where it is another number
 */
export function expectSize(
  size: Dimension | undefined,
  expected: Dimension | undefined,
  name: string,
  call: OperatorCall,
): void {
  if (size === undefined || typeof expected !== 'number' || equalDimensions(size, expected)) return
  if (typeof size !== 'number') throw new OpenSize(size, expected)
  call.refuse(`its input has ${formatDimension(size)} ${name}, its weights expect ${expected}`)
}
