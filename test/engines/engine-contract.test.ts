import type { Model, Runner } from '../../formats/format.js'
import { onnxRuntimeEngine } from '../../src/engines/onnxruntime.js'
import { runnerEngine } from '../../src/engines/runner-engine.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import { engineContract } from '../contract/engine-contract.js'
import { numbersOf, onnxFile } from '../helpers/model-files.js'

const builder = new GraphBuilder('doubling')
const x = builder.input('x', 'float32', ['N', 2])
const y = builder.node('Add', [x, x], {}, { outputs: ['y'] })
const graph = builder.output(y, 'float32', ['N', 2]).build()
const { isOnnxFile: _, ...file } = onnxFile('/models/doubling.abacus')
const model: Model = { ...file, inputs: graph.main.inputs, outputs: graph.main.outputs }

const runner: Runner = {
  run: ([input]) =>
    Promise.resolve([
      { dtype: 'float32', shape: input?.shape ?? [], data: Float32Array.from(numbersOf(input), (value) => 2 * value) },
    ]),
  close: () => Promise.resolve(),
}

engineContract('onnxruntime', { engine: onnxRuntimeEngine(), doubling: { ...model, graph } })
engineContract('runner', {
  engine: runnerEngine(),
  doubling: { ...model, createRunner: () => Promise.resolve(runner) },
})
