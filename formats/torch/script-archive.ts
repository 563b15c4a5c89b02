/** What a file of TorchScript holds, before anything of its program is followed. */
import type { DataType } from '../../src/graph/data-type.js'
import type { ScriptObject, ScriptValue } from './script-value.js'

/** Weights are constants that lie in the file, named after their module: `layer1.0.conv1.weight`. */
export interface ScriptArchive {
  /** Of the file, for messages. */
  readonly path: string
  /** File name without its ending. */
  readonly name: string
  /** Texts of the program by their path below `code/`, e.g. `__torch__/torch/nn/modules/conv.py`. */
  readonly code: ReadonlyMap<string, string>
  /** The module itself. */
  readonly root: ScriptObject
  /** What the program calls `CONSTANTS.c0`, `CONSTANTS.c1` and so on. */
  readonly constants: readonly ScriptValue[]
  /** Arguments that a trace was made with, by method, where the file keeps them; `undefined` for one that is no tensor. */
  readonly exampleInputs: ReadonlyMap<string, readonly (ExampleInput | undefined)[]>
  /** Of the operators, e.g. `3`: what the entry `version` says. */
  readonly version: string
}

/** An argument of a trace: its contents are not kept. */
export interface ExampleInput {
  readonly dtype: DataType
  readonly shape: readonly number[]
}

/** What is known of the inputs beside the file. */
export interface ScriptOptions {
  /** Sizes by the name of the input; `''` stands for the only one. */
  readonly inputShapes?: ReadonlyMap<string, readonly number[]>
}
