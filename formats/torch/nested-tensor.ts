/** Sequences of several lengths in one tensor. */
import { UnsupportedError } from '../../src/core/errors.js'
import type { Value } from '../emission/value.js'
import { ScriptTensor } from './script-value.js'

/** Sequences padded to one length, with what is no padding. Only operators that know of it can read it. */
export class NestedTensor extends ScriptTensor {
  /**
   * @param padded - [N, S, E]
   * @param isKept - [N, S]; false for padding, whose elements are anything
   */
  constructor(
    readonly padded: Value,
    readonly isKept: Value,
  ) {
    super(padded)
  }

  /** @throws {UnsupportedError} `E_TORCH_OPERATOR`: to an operator that knows nothing of it, padding would look like contents */
  override get value(): never {
    throw new UnsupportedError(
      'E_TORCH_OPERATOR',
      'a nested tensor is read by an operator that knows only plain ones',
      {
        hint: 'give the encoder enable_nested_tensor=False and save the model again',
      },
    )
  }
}
