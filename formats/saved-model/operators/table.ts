/** All operators of TensorFlow that have words in ONNX. */
import { type Conversion, type ConversionTable, inputAt } from '../operation.js'
import { batchNormalization } from './batch-normalization.js'
import { bias } from './bias.js'
import { convolution } from './convolution.js'
import { elementwise } from './elementwise.js'
import { matrix } from './matrix.js'
import { parts } from './parts.js'
import { pooling } from './pooling.js'
import { reduction } from './reduction.js'
import { shape } from './shape.js'

const pass: Conversion = (operation) => inputAt(operation, 0)

/** Operators that hand on what they get: labels, checks, gradients that are stopped. */
const passing: ConversionTable = {
  Identity: pass,
  IdentityN: (operation) => operation.inputs,
  StopGradient: pass,
  PreventGradient: pass,
  PlaceholderWithDefault: pass,
  ReadVariableOp: pass,
  Snapshot: pass,
  CheckNumerics: pass,
  EnsureShape: pass,
}

/** Conversions by operator. */
export const CONVERSIONS: ReadonlyMap<string, Conversion> = new Map(
  [passing, elementwise, bias, convolution, pooling, batchNormalization, matrix, reduction, shape, parts].flatMap(
    (table) => Object.entries(table),
  ),
)
