import { tfjsEngine } from '../../../src/engines/tfjs/tfjs.js'
import { GraphBuilder } from '../../../src/graph/builder.js'
import { engineContract } from '../../contract/engine-contract.js'
import { modelOf } from '../../helpers/engine-comparison.js'

const builder = new GraphBuilder('doubling')
const x = builder.input('x', 'float32', ['N', 2])
const y = builder.node('Add', [x, x], {}, { outputs: ['y'] })

engineContract('tfjs-wasm', {
  engine: tfjsEngine('tfjs-wasm'),
  doubling: modelOf(builder.output(y, 'float32', ['N', 2]).build()),
})
