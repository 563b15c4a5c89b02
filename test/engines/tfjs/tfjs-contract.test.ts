import { createRequire } from 'node:module'
import { test } from 'vitest'
import { tfjsEngine } from '../../../src/engines/tfjs/tfjs.js'
import { GraphBuilder } from '../../../src/graph/builder.js'
import { engineContract } from '../../contract/engine-contract.js'
import { modelOf } from '../../helpers/engine-comparison.js'

const builder = new GraphBuilder('doubling')
const x = builder.input('x', 'float32', ['N', 2])
const y = builder.node('Add', [x, x], {}, { outputs: ['y'] })
const doubling = modelOf(builder.output(y, 'float32', ['N', 2]).build())

engineContract('tfjs-wasm', { engine: tfjsEngine('tfjs-wasm'), doubling })

if (isInstalled('@tensorflow/tfjs-node')) engineContract('tfjs-node', { engine: tfjsEngine('tfjs-node'), doubling })
else test.skip('engine tfjs-node: skipped, @tensorflow/tfjs-node is not installed here', () => {})

/** Its native library comes from a server that not every machine reaches, so that it is no dependency of the tests. */
function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch {
    return false
  }
}
