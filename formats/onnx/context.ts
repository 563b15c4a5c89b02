/** What the parts of the ONNX reader share while one file is read. */
import type { ExternalData } from './external-data.js'

export interface OnnxContext {
  /** Path of the model file, for messages. */
  readonly path: string
  readonly external: ExternalData
}
