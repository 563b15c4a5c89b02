import { fileURLToPath } from 'node:url'
import { savedModelFormat } from '../../../formats/saved-model/saved-model-format.js'
import { formatContract } from '../../contract/format-contract.js'
import { attribute, node, savedModel, signature, TYPE, writeSavedModel } from '../../helpers/saved-model.js'

const SMALL = fileURLToPath(new URL('../../fixtures/saved-model/small', import.meta.url))
const placeholder = node('Placeholder', 'x', [], [attribute.type('dtype', TYPE.float)])
const relu = node('Relu', 'y', ['x'])
const slots = [{ x: { tensor: 'x:0', shape: [-1, 4] } }, { y: { tensor: 'y:0', shape: [-1, 4] } }] as const
const whole = savedModel([placeholder, relu], signature('serving_default', ...slots))
const variable = node('VariableV2', 'v')
const sum = node('AddV2', 'y', ['x', 'v'])
const withVariable = savedModel([placeholder, variable, sum], signature('serving_default', ...slots))
const unknown = [node('AddV2', 'sum', ['x', 'v']), node('Frobnicate', 'y', ['sum'])]
const withUnknown = savedModel([placeholder, variable, ...unknown], signature('serving_default', ...slots))

formatContract('saved-model', () => savedModelFormat, {
  good: [
    SMALL,
    writeSavedModel(whole),
    writeSavedModel(withVariable, { v: { shape: [4], values: [1, 2, 3, 4] } }),
    writeSavedModel(withUnknown, { v: { shape: [4], values: [1, 2, 3, 4] } }),
  ],
  broken: [
    { name: 'a file that is cut off', content: whole.subarray(0, whole.length / 2), code: 'E_PROTOBUF_TRUNCATED' },
    { name: 'a file without a graph', content: savedModel([]).subarray(0, 2), code: 'E_SAVED_MODEL_EMPTY' },
    { name: 'a graph without a signature', content: savedModel([placeholder]), code: 'E_SIGNATURE_MISSING' },
    {
      name: 'a node that reads nothing that is there',
      content: savedModel([relu], signature('serving_default', {}, slots[1])),
      code: 'E_TF_INPUT',
    },
    {
      name: 'a node that depends on itself',
      content: savedModel([node('AddV2', 'y', ['y', 'y'])], signature('serving_default', {}, slots[1])),
      code: 'E_TF_CYCLE',
    },
    {
      name: 'an output without a name',
      content: savedModel([placeholder, relu], signature('serving_default', slots[0], { '': { tensor: 'y:0' } })),
      code: 'E_SIGNATURE_NAME',
    },
    { name: 'variables without a checkpoint', content: withVariable, code: 'E_CHECKPOINT_MISSING' },
    { name: 'the same behind an operator that ONNX lacks', content: withUnknown, code: 'E_CHECKPOINT_MISSING' },
  ],
})
