/** All operators of TensorFlow that have words in ONNX. */
import { type Conversion, type ConversionTable, inputAt } from '../operation.js'
import { arithmetic } from './arithmetic.js'
import { batchNormalization } from './batch-normalization.js'
import { bias } from './bias.js'
import { blocks } from './blocks.js'
import { controlFlow } from './control-flow.js'
import { convolution } from './convolution.js'
import { diagonal } from './diagonal.js'
import { elementwise } from './elementwise.js'
import { fakeQuantization } from './fake-quantization.js'
import { lookup } from './lookup.js'
import { margin } from './margin.js'
import { matrix } from './matrix.js'
import { parts } from './parts.js'
import { pooling } from './pooling.js'
import { reduction } from './reduction.js'
import { shape } from './shape.js'
import { subscript } from './subscript.js'
import { tensorList } from './tensor-list.js'

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

const TABLES: readonly ConversionTable[] = [
  passing,
  elementwise,
  arithmetic,
  fakeQuantization,
  bias,
  convolution,
  blocks,
  pooling,
  batchNormalization,
  matrix,
  diagonal,
  reduction,
  shape,
  subscript,
  margin,
  parts,
  lookup,
  tensorList,
  controlFlow,
]

/** Conversions by operator. */
export const CONVERSIONS: ReadonlyMap<string, Conversion> = new Map(TABLES.flatMap((table) => Object.entries(table)))
