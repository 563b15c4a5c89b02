/**
 * Gradients of arithmetic. Inputs that were broadcast get the sum over what was repeated.
 *
 * @see https://onnx.ai/onnx/repo-docs/Broadcasting.html
 */
import { int } from '../../graph/attributes.js'
import { DATA_TYPES, isFloat } from '../../graph/data-type.js'
import type { GradientFamily, GradientRule, GradientView } from '../gradient-rule.js'
import { sloped } from './activation.js'

/** Arithmetic, comparison and rounding. */
export const elementwise: GradientFamily = {
  Add: shares((view) => [view.gradient, view.gradient]),
  Sub: shares((view) => [view.gradient, () => view.emit.op('Neg', [view.gradient])]),
  Mul: shares((view) => [
    () => view.emit.mul(view.gradient, view.input(1)),
    () => view.emit.mul(view.gradient, view.input(0)),
  ]),
  Div: shares(quotient),
  Pow: shares(power),
  Sum: shares((view) => view.node.inputs.map(() => view.gradient)),
  Mean: { backward: (view) => meanShares(view) },
  Max: { backward: extremeShares },
  Min: { backward: extremeShares },
  Where: { backward: chosen },

  Identity: { backward: (view) => [view.gradient] },
  Cast: { backward: castBack },
  CastLike: { backward: castBack },
  Neg: { backward: (view) => [view.emit.op('Neg', [view.gradient])] },
  Abs: sloped(({ emit }, _, x) => emit.op('Sign', [x])),
  Sqrt: sloped(({ emit, scalar }, y) => emit.div(scalar(0.5), y)),
  Exp: sloped((_, y) => y),
  Log: sloped(({ emit }, _, x) => emit.op('Reciprocal', [x])),
  Reciprocal: sloped(({ emit }, y) => emit.op('Neg', [emit.square(y)])),
  Erf: sloped(({ emit, scalar }, _, x) =>
    emit.mul(emit.op('Exp', [emit.op('Neg', [emit.square(x)])]), scalar(2 / Math.sqrt(Math.PI))),
  ),
  Sin: sloped(({ emit }, _, x) => emit.op('Cos', [x])),
  Cos: sloped(({ emit }, _, x) => emit.op('Neg', [emit.op('Sin', [x])])),
  Tan: sloped(({ emit, scalar }, y) => emit.add(scalar(1), emit.square(y))),
  Asin: sloped(({ emit, scalar }, _, x) => inverseRoot(emit, emit.sub(scalar(1), emit.square(x)))),
  Acos: sloped(({ emit, scalar }, _, x) => emit.op('Neg', [inverseRoot(emit, emit.sub(scalar(1), emit.square(x)))])),
  Atan: sloped(({ emit, scalar }, _, x) => emit.op('Reciprocal', [emit.add(scalar(1), emit.square(x))])),
  Sinh: sloped(({ emit }, _, x) => emit.op('Cosh', [x])),
  Cosh: sloped(({ emit }, _, x) => emit.op('Sinh', [x])),
  Asinh: sloped(({ emit, scalar }, _, x) => inverseRoot(emit, emit.add(emit.square(x), scalar(1)))),
  Acosh: sloped(({ emit, scalar }, _, x) => inverseRoot(emit, emit.sub(emit.square(x), scalar(1)))),
  Atanh: sloped(({ emit, scalar }, _, x) => emit.op('Reciprocal', [emit.sub(scalar(1), emit.square(x))])),

  ...Object.fromEntries(
    [
      ...['Sign', 'Floor', 'Ceil', 'Round', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'],
      ...[
        'And',
        'Or',
        'Xor',
        'Not',
        'IsNaN',
        'IsInf',
        'BitwiseAnd',
        'BitwiseOr',
        'BitwiseXor',
        'BitwiseNot',
        'BitShift',
      ],
    ].map((name) => [name, 'none' as const]),
  ),
}

type Share = string | (() => string)

/** One share of the output's shape for each input; summed down to the input's shape where that was broadcast. */
function shares(sharesOf: (view: GradientView) => readonly Share[]): GradientRule {
  return {
    backward: (view) =>
      sharesOf(view).map((share, index) =>
        view.ifNeeded(index, () => view.sumToInput(typeof share === 'string' ? share : share(), index)),
      ),
  }
}

function quotient(view: GradientView): readonly Share[] {
  const { emit } = view
  return [
    () => emit.div(view.gradient, view.input(1)),
    () => emit.op('Neg', [emit.div(emit.mul(view.gradient, view.output()), view.input(1))]),
  ]
}

/** b * x^(b-1), and y * ln x, which is NaN for an x below 0 as the power itself is not differentiable there. */
function power(view: GradientView): readonly Share[] {
  const { emit } = view
  const [x, exponent] = [view.input(0), view.input(1)]
  const base = () => {
    const [known] = view.numbers(1) ?? []
    if (known === 2 && view.numbers(1)?.length === 1) return emit.mul(view.gradient, emit.mul(x, view.scalar(2)))
    const type = view.dtype(1)
    const float =
      type !== undefined && isFloat(type)
        ? exponent
        : emit.op('Cast', [exponent], { to: int(DATA_TYPES[view.computesIn].code) })
    const less = emit.sub(float, view.scalar(1))
    return emit.mul(view.gradient, emit.mul(float, emit.op('Pow', [x, less])))
  }
  return [base, () => emit.mul(view.gradient, emit.mul(view.output(), emit.op('Log', [x])))]
}

function meanShares(view: GradientView): readonly (string | undefined)[] {
  const part = view.emit.mul(view.gradient, view.scalar(1 / view.node.inputs.length))
  return view.node.inputs.map((_, index) => view.ifNeeded(index, () => view.sumToInput(part, index)))
}

/** Inputs that tie for the largest or smallest share the gradient evenly. */
function extremeShares(view: GradientView): readonly (string | undefined)[] {
  const { emit } = view
  const ties = view.node.inputs.map((name) => asNumber(view, emit.op('Equal', [name, view.output()])))
  const part = ties.length === 1 ? view.gradient : emit.div(view.gradient, emit.sum(ties))
  return ties.map((tie, index) => view.ifNeeded(index, () => view.sumToInput(emit.mul(part, tie), index)))
}

/** @returns 1 for true and 0 for false, in the type that the node computes in */
export function asNumber(view: GradientView, condition: string): string {
  return view.emit.op('Cast', [condition], { to: int(DATA_TYPES[view.computesIn].code) })
}

function chosen(view: GradientView): readonly (string | undefined)[] {
  const { emit } = view
  const [condition, zero] = [view.input(0), view.scalar(0)]
  return [
    undefined,
    view.ifNeeded(1, () => view.sumToInput(emit.op('Where', [condition, view.gradient, zero]), 1)),
    view.ifNeeded(2, () => view.sumToInput(emit.op('Where', [condition, zero, view.gradient]), 2)),
  ]
}

function castBack(view: GradientView): readonly string[] {
  const dtype = view.dtype(0) ?? 'float32'
  return [view.emit.op('Cast', [view.gradient], { to: int(DATA_TYPES[dtype].code) })]
}

function inverseRoot(emit: GradientView['emit'], value: string): string {
  return emit.op('Reciprocal', [emit.op('Sqrt', [value])])
}
