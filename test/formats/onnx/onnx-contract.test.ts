import { fileURLToPath } from 'node:url'
import { onnxFormat } from '../../../formats/onnx/onnx-format.js'
import { formatContract } from '../../contract/format-contract.js'
import { bytes, int, onnx } from '../../helpers/wire-bytes.js'

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const whole = onnx.model(onnx.graph(onnx.node('Relu', ['x'], ['y']), onnx.input('x'), onnx.output('y')))

formatContract('onnx', () => onnxFormat, {
  good: [
    pathOf('../../fixtures/onnx/storages.onnx'),
    pathOf('../../fixtures/onnx/everything.onnx'),
    pathOf('../../../examples/shapes.onnx'),
  ],
  broken: [
    { name: 'a file that is cut off', content: whole.subarray(0, whole.length / 2), code: 'E_PROTOBUF_TRUNCATED' },
    { name: 'a file without a graph', content: Buffer.concat([int(1, 8), bytes(2, 'x')]), code: 'E_ONNX_NO_GRAPH' },
    {
      name: 'operators of a version below zero',
      content: Buffer.concat([whole, bytes(8, bytes(1, 'mine'), int(2, -1))]),
      code: 'E_ONNX_OPSET',
    },
  ],
})
