/**
 * Matrix products of `com.microsoft`: fused with activations, transposed, quantised to a few bits.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
import type { Dimension, Shape } from '../graph/dimension.js'
import { shapeOf, tensor } from './known-value.js'
import { matMulMacs, matMulOutput } from './matrix.js'
import { FAST_GELU_STEPS } from './microsoft-elementwise.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { countOf } from './shape/cost.js'
import { dtypeAttribute, hasInput, hasOutput } from './shape/inputs.js'
import { transposedIf, withLast } from './shape/layout.js'
import { withoutContents } from './shape/same.js'
import { RMS_NORMALIZATION_STEPS, steps, sumOfCosts } from './shape/steps.js'

const fusedMatMul: OperatorRule = {
  shape: (context) => [tensor(context.dtype(0), fusedProduct(context))],
  cost: (context) => sumOfCosts({ macs: fusedMacs(context), other: 0 }, scalingAndActivation(context)),
  weightInputs: [0, 1],
}

export const microsoftMatrix: OperatorFamily = {
  FusedMatMul: fusedMatMul,
  TransposeMatMul: fusedMatMul,
  FusedMatMulActivation: fusedMatMul,
  FusedGemm: gemm({ b: 1, bias: 2 }),
  GemmFloat8: {
    ...gemm({ b: 1, bias: 2, dtype: (context) => dtypeAttribute(context, 'dtype', 'float32') }),
    nonTrainableInputs: [3, 4, 5],
  },
  GemmFastGelu: {
    shape: (context) => [tensor(context.dtype(0), matMulOutput(context.shape(0), context.shape(1)))],
    cost: (context) => ({
      macs: matMulMacs(context, 0),
      other: context.outputElements(0) * (FAST_GELU_STEPS + (hasInput(context, 2) ? 1 : 0)),
    }),
    weightInputs: [1, 2],
  },
  QGemm: {
    ...gemm({ b: 3, bias: 6, dtype: (context) => context.dtype(8) ?? 'float32' }),
    nonTrainableInputs: [1, 2, 4, 5, 7, 8],
  },
  MatMulInteger16: {
    shape: (context) => {
      const isUnsigned = context.dtype(0) === 'uint16' && context.dtype(1) === 'uint16'
      return [tensor(isUnsigned ? 'uint32' : 'int32', matMulOutput(context.shape(0), context.shape(1)))]
    },
    cost: (context) => ({ macs: matMulMacs(context, 0), other: 0 }),
    weightInputs: [0, 1],
  },
  MatMulIntegerToFloat: {
    shape: (context) => [tensor(context.dtype(3), matMulOutput(context.shape(0), context.shape(1)))],
    // The sums are scaled, and a bias is one more.
    cost: (context) => ({ macs: matMulMacs(context, 0), other: perResult(context, 1, 6) }),
    nonTrainableInputs: [2, 3, 4, 5],
    weightInputs: [0, 1, 6],
  },
  DynamicQuantizeMatMul: {
    shape: (context) => [tensor(context.dtype(0), matMulOutput(context.shape(0), context.shape(1)))],
    // The left operand is quantised on the way: two extremes, division, zero point, rounding, saturation.
    cost: (context) => ({
      macs: matMulMacs(context, 0),
      other: 6 * context.inputElements(0) + perResult(context, 1, 4),
    }),
    nonTrainableInputs: [2, 3],
    weightInputs: [1, 4],
  },
  QOrderedMatMul: {
    shape: (context) => [tensor(context.dtype(0), orderedProduct(context))],
    cost: (context) => ({ macs: matMulMacs(context, 0), other: perResult(context, 3, 5) }),
    nonTrainableInputs: [1, 3, 4, 7],
    weightInputs: [2, 5],
  },
  SparseToDenseMatMul: {
    shape: (context) => [tensor(context.dtype(1), sparseProduct(context))],
    cost: sparseCost,
    weightInputs: [1],
  },
  MatMulNBits: {
    shape: (context) => [tensor(context.dtype(0), withWidth(context.shape(0), context.int('N', 0)))],
    cost: (context) => ({ macs: packedMacs(context, context.int('N', 0)), other: perResult(context, 0, 5) }),
    nonTrainableInputs: [2, 3],
    settingInputs: [4],
    weightInputs: [1, 5],
    weightsPerElement: (context, index) => (index === 1 ? perStoredByte(context, 1, weightsOf(context, 'N')) : 1),
  },
  MatMulBnb4: {
    shape: (context) => [tensor(context.dtype(0), withWidth(context.shape(0), blockwiseWidth(context)))],
    cost: (context) => ({ macs: packedMacs(context, context.int('N', 0)), other: 0 }),
    nonTrainableInputs: [2],
    weightInputs: [1],
    weightsPerElement: (context, index) => (index === 1 ? perStoredByte(context, 1, weightsOf(context, 'N')) : 1),
  },
  MatMulFpQ4: {
    shape: (context) => [tensor(context.dtype(0), matMulOutput(context.shape(0), shapeGivenBy(context, 2)))],
    cost: (context) => ({ macs: matMulMacs(context, 0), other: 0 }),
    settingInputs: [2],
    weightInputs: [1],
    weightsPerElement: (context, index) =>
      index === 1 ? perStoredByte(context, 1, countOf(context.numbers(2) ?? [])) : 1,
  },
  MatMulBlockQuantizedFp4Weight: {
    shape: (context) => [tensor(context.dtype(0), withWidth(context.shape(0), context.shape(1)?.[0]))],
    cost: (context) => ({ macs: matMulMacs(context, 0), other: perResult(context, 0, 5) }),
    nonTrainableInputs: [2, 3, 4],
    weightInputs: [1, 5],
    weightsPerElement: (_, index) => (index === 1 ? 2 : 1),
  },
  MatMulBlockQuantizedFp8Weight: {
    shape: (context) => [tensor(context.dtype(0), withWidth(context.shape(0), context.shape(1)?.[0]))],
    cost: (context) => ({ macs: matMulMacs(context, 0), other: perResult(context, 0, 4) }),
    nonTrainableInputs: [2, 3],
    weightInputs: [1, 4],
  },
  MatMulNBitsMlp: {
    shape: (context) => [
      tensor(context.dtype(0), withWidth(context.shape(0), context.int('N', 0))),
      withoutContents(context.inputs[0]),
    ],
    // Two projections; an activation and a product join them.
    cost: (context) =>
      sumOfCosts(
        { macs: 2 * packedMacs(context, context.int('N', 0)), other: perResult(context, 2, 5) },
        rmsCost(context),
      ),
    nonTrainableInputs: [4, 7],
    weightInputs: [2, 3, 5, 6, 8],
    weightsPerElement: (context, index) =>
      [3, 6].includes(index) ? perStoredByte(context, index, weightsOf(context, 'N')) : 1,
  },
  MatMulNBitsQkv: {
    shape: projections,
    cost: (context) => {
      const width = context.int('Nq', 0) + 2 * context.int('Nkv', 0)
      return sumOfCosts({ macs: packedMacs(context, width), other: 0 }, rmsCost(context))
    },
    nonTrainableInputs: [4, 7, 10],
    weightInputs: [2, 3, 5, 6, 8, 9, 11],
    weightsPerElement: (context, index) =>
      [3, 6, 9].includes(index) ? perStoredByte(context, index, weightsOf(context, index === 3 ? 'Nq' : 'Nkv')) : 1,
  },
}

/** `transBatch` moves the rows in front of the batches: `[M, B..., K]` stands for `[B..., M, K]`. */
function operand(context: NodeContext, index: number, side: 'A' | 'B'): Shape | undefined {
  const shape = context.shape(index)
  const isBatched = context.int(`transBatch${side}`, 0) !== 0 && shape !== undefined && shape.length > 2
  const ordered = isBatched ? [...shape.slice(1, -1), ...shape.slice(0, 1), ...shape.slice(-1)] : shape
  return transposedIf(context.int(`trans${side}`, 0) !== 0, ordered)
}

function fusedProduct(context: NodeContext): Shape | undefined {
  return matMulOutput(operand(context, 0, 'A'), operand(context, 1, 'B'))
}

function fusedMacs(context: CostContext): number {
  return context.outputElements(0) * Number(operand(context, 0, 'A')?.at(-1) ?? 0)
}

function scalingAndActivation(context: CostContext): Cost {
  const scaling = context.float('alpha', 1) === 1 ? 0 : 1
  const activation = context.text('activation', '')
  const isActive = activation !== '' && activation !== 'NONE'
  return steps(context.outputElements(0) * (scaling + (isActive ? 1 : 0)))
}

interface GemmInputs {
  readonly b: number
  readonly bias: number
  readonly dtype?: (context: NodeContext) => ReturnType<NodeContext['dtype']>
}

function gemm({ b, bias, dtype }: GemmInputs): OperatorRule {
  const left = (context: NodeContext) => transposedIf(context.int('transA', 0) !== 0, context.shape(0))
  const right = (context: NodeContext) => transposedIf(context.int('transB', 0) !== 0, context.shape(b))
  return {
    shape: (context) => [
      tensor(dtype === undefined ? context.dtype(0) : dtype(context), matMulOutput(left(context), right(context))),
    ],
    cost: (context) => {
      const macs = context.outputElements(0) * Number(left(context)?.at(-1) ?? 0)
      return sumOfCosts({ macs, other: perResult(context, 0, bias) }, scalingAndActivation(context))
    },
    weightInputs: [0, b, bias],
  }
}

/** So many steps per result, and one more for a bias. */
function perResult(context: CostContext, count: number, bias: number): number {
  return context.outputElements(0) * (count + (hasInput(context, bias) ? 1 : 0))
}

function withWidth(shape: Shape | undefined, width: Dimension | undefined): Shape | undefined {
  return width === undefined ? undefined : shape && withLast(shape, width)
}

function packedMacs(context: CostContext, width: number): number {
  return countOf(context.inputSizes(0)) * (context.int('transB', 1) === 0 ? context.int('K', 0) : width)
}

/** The weight is `[K, width]`, however it is packed. */
function weightsOf(context: NodeContext, width: string): number {
  return context.int('K', 0) * context.int(width, 0)
}

/** `transB` 0 is the backward product: `[..., N]` gives `[..., K]`. */
function blockwiseWidth(context: NodeContext): number {
  return context.int(context.int('transB', 1) === 0 ? 'K' : 'N', 0)
}

function shapeGivenBy(context: NodeContext, index: number): Shape | undefined {
  return context.numbers(index)
}

/** Blocks are filled up and some carry their scale: what is multiplied counts, not what is stored. */
function perStoredByte(context: NodeContext, index: number, weights: number): number {
  const sizes = context.shape(index)?.filter((size) => typeof size === 'number') ?? []
  const stored = countOf(sizes)
  return stored > 0 && weights > 0 ? weights / stored : 8 / (context.int('bits', 4) || 4)
}

/** Column order (0) stores the right matrix transposed. */
function orderedProduct(context: NodeContext): Shape | undefined {
  return matMulOutput(context.shape(0), transposedIf(context.int('order_B', 1) === 0, context.shape(2)))
}

function sparseProduct(context: NodeContext): Shape | undefined {
  const left = transposedIf(context.int('transA', 0) !== 0, shapeOf(context.inputs[0]))
  return matMulOutput(left, transposedIf(context.int('transB', 0) !== 0, context.shape(1)))
}

/** Only the run tells how many elements of the left matrix are stored. */
function sparseCost(context: CostContext): Cost {
  const left = transposedIf(context.int('transA', 0) !== 0, shapeOf(context.inputs[0]))
  context.assume('SparseToDenseMatMul: the sparse matrix is counted as dense')
  return { macs: context.outputElements(0) * Number(left?.at(-1) ?? 0), other: 0 }
}

/** The normalisation in front, where its scale is given, and the residual sum before it. */
function rmsCost(context: CostContext): Cost {
  const norm = hasInput(context, 2) ? RMS_NORMALIZATION_STEPS : 0
  return steps(context.inputElements(0) * (norm + (hasInput(context, 1) ? 1 : 0)))
}

function projections(context: NodeContext): readonly (KnownValue | undefined)[] {
  const width = (name: string) => tensor(context.dtype(0), withWidth(context.shape(0), context.int(name, 0)))
  const sum = hasOutput(context, 3) ? withoutContents(context.inputs[0]) : undefined
  return [width('Nq'), width('Nkv'), width('Nkv'), sum]
}
