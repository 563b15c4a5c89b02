/** What of a TorchScript file its code is followed with. */
import type { ScriptObject, ScriptValue } from '../script-value.js'

/** An archive of `torch.jit.save`, read by whoever knows zip and pickle. */
export interface ScriptArchive {
  /** Name of the model, e.g. that of the file without its ending. */
  readonly name: string
  /** The module of `data.pkl`. Tensors are named by their path in it, e.g. `layer1.0.conv1.weight`. */
  readonly root: ScriptObject
  /** `constants.pkl`, which the code knows as `CONSTANTS.c0`, `CONSTANTS.c1` and so on. */
  readonly constants: readonly ScriptValue[]
  /** Arguments of `forward` that a traced file keeps as an example. */
  readonly tracedInputs?: readonly ScriptValue[]
  /**
   * @param path - below `code/`, e.g. `__torch__/torch/nn/modules/conv.py`
   * @returns its text; `undefined` where there is no such file
   */
  readCode(path: string): string | undefined
}

/** What the user says of a file beyond what it says itself. */
export interface ScriptOptions {
  /** Sizes of the inputs in the order of `forward`, e.g. `[[1, 3, 224, 224]]`. */
  readonly inputShapes?: readonly (readonly number[])[]
}
