/** Writes the graph of one PyTorch program. */
import { GraphEmitter } from '../emission/graph-emitter.js'
import type { Value } from '../emission/value.js'
import { ScriptTensor } from './script-value.js'

/** Builds the graph of one program; `current` is the path of the module that is being followed, e.g. `layer1.0.conv1`. */
export class TorchEmitter extends GraphEmitter {
  /** Writes a node. @returns its first output as a tensor of the program */
  tensor(...node: Parameters<GraphEmitter['emit']>): ScriptTensor {
    return new ScriptTensor(this.emit(...node))
  }

  /** @returns a scalar of that element type */
  scalar(value: number, dtype: Parameters<GraphEmitter['numbers']>[1]): Value {
    return this.numbers(value, dtype)
  }
}
