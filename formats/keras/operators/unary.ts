/** Operators with one tensor, element by element. */
import { float, text } from '../../../src/graph/attributes.js'
import { activate } from '../activations.js'
import type { KerasTensor } from '../keras-graph.js'
import { named, type Operation, type OperatorConverter } from './operation.js'

/** Names of ONNX for operators with one input, of whatever type. */
const PLAIN: Readonly<Record<string, string>> = {
  abs: 'Abs',
  absolute: 'Abs',
  negative: 'Neg',
  neg: 'Neg',
  ceil: 'Ceil',
  floor: 'Floor',
  round: 'Round',
  rint: 'Round',
  sign: 'Sign',
}

/** The same for those that give floating-point numbers. */
const FLOATING: Readonly<Record<string, string>> = {
  exp: 'Exp',
  log: 'Log',
  sqrt: 'Sqrt',
  reciprocal: 'Reciprocal',
  inv: 'Reciprocal',
  erf: 'Erf',
  sin: 'Sin',
  cos: 'Cos',
  tan: 'Tan',
  sinh: 'Sinh',
  cosh: 'Cosh',
  arcsin: 'Asin',
  arccos: 'Acos',
  arctan: 'Atan',
  arcsinh: 'Asinh',
  arccosh: 'Acosh',
  arctanh: 'Atanh',
  asin: 'Asin',
  acos: 'Acos',
  atan: 'Atan',
  asinh: 'Asinh',
  acosh: 'Acosh',
  atanh: 'Atanh',
}

/** Activations, by the names that they have as operators. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: 'relu',
  relu6: 'relu6',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  softplus: 'softplus',
  softsign: 'softsign',
  selu: 'selu',
  silu: 'silu',
  swish: 'silu',
  hardsigmoid: 'hard_sigmoid',
  hardsilu: 'hard_silu',
  hardswish: 'hard_silu',
  hardtanh: 'hard_tanh',
  logsigmoid: 'log_sigmoid',
  mish: 'mish',
  tanhshrink: 'tanh_shrink',
  sparseplus: 'sparse_plus',
  sparsesigmoid: 'sparse_sigmoid',
  squareplus: 'squareplus',
}

const TESTS: Readonly<Record<string, string>> = { isnan: 'IsNaN', isinf: 'IsInf' }

/** Each step of a formula in one tensor. */
type Formula = (operation: Operation, tensor: KerasTensor) => KerasTensor

const times = ({ graph }: Operation, left: KerasTensor, right: KerasTensor): KerasTensor => ({
  ...left,
  name: graph.node('Mul', [left.name, right.name]),
})

const FORMULAS: Readonly<Record<string, Formula>> = {
  rsqrt: ({ graph }, tensor) => graph.elementwise(graph.elementwise(tensor, 'Sqrt'), 'Reciprocal'),
  log1p: ({ graph }, tensor) => graph.elementwise(graph.withScalar('Add', tensor, 1), 'Log'),
  expm1: ({ graph }, tensor) => graph.withScalar('Sub', graph.elementwise(tensor, 'Exp'), 1),
  log2: ({ graph }, tensor) => graph.withScalar('Mul', graph.elementwise(tensor, 'Log'), Math.LOG2E),
  log10: ({ graph }, tensor) => graph.withScalar('Mul', graph.elementwise(tensor, 'Log'), Math.LOG10E),
  exp2: ({ graph }, tensor) => graph.elementwise(graph.withScalar('Mul', tensor, Math.LN2), 'Exp'),
  erfc: ({ graph }, tensor) => graph.withScalar('Add', graph.elementwise(graph.elementwise(tensor, 'Erf'), 'Neg'), 1),
  deg2rad: ({ graph }, tensor) => graph.withScalar('Mul', tensor, Math.PI / 180),
  rad2deg: ({ graph }, tensor) => graph.withScalar('Mul', tensor, 180 / Math.PI),
  trunc: (operation, tensor) => {
    const { graph } = operation
    const size = graph.elementwise(graph.elementwise(tensor, 'Abs'), 'Floor')
    return times(operation, graph.elementwise(tensor, 'Sign'), size)
  },
}

const unary = (make: (operation: Operation, tensor: KerasTensor) => KerasTensor): OperatorConverter => {
  return (operation) => make(operation, operation.operand(0, 'x', 'features', 'input', 'a', 'logits'))
}

const activated = (value: string) =>
  unary((operation, tensor) => activate(operation.call, operation.floating(tensor), value))

const identity = unary((_, tensor) => tensor)

/** Operators by their names in lower case, without underscores. */
export const UNARY: ReadonlyMap<string, OperatorConverter> = new Map<string, OperatorConverter>([
  ...named(PLAIN, (target) => unary(({ graph }, tensor) => graph.elementwise(tensor, target))),
  ...named(FLOATING, (target) =>
    unary((operation, tensor) => operation.graph.elementwise(operation.floating(tensor), target)),
  ),
  ...named(ACTIVATIONS, activated),
  ...named(FORMULAS, (make) => unary((operation, tensor) => make(operation, operation.floating(tensor)))),
  ...named(TESTS, (target) =>
    unary(({ graph }, tensor) => ({ ...graph.elementwise(tensor, target), dtype: 'bool' as const })),
  ),
  ...Object.entries({
    square: unary((operation, tensor) => times(operation, tensor, tensor)),
    logicalnot: unary(({ graph }, tensor) => graph.elementwise(graph.cast(tensor, 'bool'), 'Not')),
    isfinite: unary(({ graph }, tensor) => {
      const isOdd = graph.node('Or', [graph.node('IsNaN', [tensor.name]), graph.node('IsInf', [tensor.name])])
      return { ...tensor, dtype: 'bool' as const, name: graph.node('Not', [isOdd]) }
    }),
    ...Object.fromEntries(['stopgradient', 'copy', 'identity', 'converttotensor'].map((name) => [name, identity])),
    gelu: (operation: Operation) => {
      const isApproximate = operation.value(1, 'approximate') !== false && operation.call.context.kerasVersion >= 3
      return gelu(operation, isApproximate || operation.flag(1, 'approximate'))
    },
    leakyrelu: (operation: Operation) =>
      sloped(operation, 'LeakyRelu', operation.number(0.2, 1, 'negative_slope', 'alpha')),
    elu: (operation: Operation) => sloped(operation, 'Elu', operation.number(1, 1, 'alpha')),
    celu: (operation: Operation) => sloped(operation, 'Celu', operation.number(1, 1, 'alpha')),
  }),
])

function sloped(operation: Operation, operator: string, alpha: number): KerasTensor {
  const input = operation.operand(0, 'x', 'features')
  return operation.graph.elementwise(input, operator, { alpha: float(alpha) })
}

function gelu(operation: Operation, isApproximate: boolean): KerasTensor {
  const input = operation.operand(0, 'x', 'features')
  return operation.graph.elementwise(input, 'Gelu', isApproximate ? { approximate: text('tanh') } : {})
}
