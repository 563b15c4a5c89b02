import { describe, expect, test } from 'vitest'
import type { PickleValue } from '../../../formats/torch/pickle/pickle-value.js'
import type { StoredTensor } from '../../../formats/torch/stored-tensor.js'
import { pickledModel } from '../../../formats/torch/weights-alone/pickled-weights.js'

/** A dict of other dicts; a number stands for a tensor of so many elements. */
type Tree = number | { readonly [key: string]: Tree }

const pickled = (tree: Tree): PickleValue =>
  typeof tree === 'number'
    ? { kind: 'float', value: tree }
    : {
        kind: 'dict',
        entries: Object.entries(tree).map(([key, value]) => [{ kind: 'text', value: key }, pickled(value)]),
      }

const tensorOf = (value: PickleValue): StoredTensor | undefined =>
  value.kind === 'float'
    ? ({
        dtype: 'float32',
        shape: [value.value],
        strides: [1],
        offset: 0,
        storage: undefined,
      } as unknown as StoredTensor)
    : undefined

const namesIn = (tree: Tree) => pickledModel(pickled(tree), tensorOf)?.weights.map(({ name }) => name)

const MOMENTS = { state: { 0: { exp_avg: 4, exp_avg_sq: 4 } }, param_groups: {} }

describe('weights of a checkpoint', () => {
  test.each<[string, Tree, string[] | undefined]>([
    [
      'those of the model, beside an optimizer and a loss that is a tensor',
      { epoch: {}, model_state_dict: { 'fc.weight': 4 }, optimizer_state_dict: MOMENTS, loss: 1 },
      ['fc.weight'],
    ],
    [
      'of several networks, all',
      { generator: { 'a.weight': 4 }, discriminator: { 'b.weight': 4 }, optim_g: MOMENTS },
      ['generator.a.weight', 'discriminator.b.weight'],
    ],
    [
      'a state dict, whatever its weights are called',
      { model: 4, ema: 4, 'optim.weight': 4 },
      ['model', 'ema', 'optim.weight'],
    ],
    ['an optimizer alone, none', MOMENTS, undefined],
  ])('%s', (_what, tree, expected) => {
    expect(namesIn(tree)).toEqual(expected)
  })
})
