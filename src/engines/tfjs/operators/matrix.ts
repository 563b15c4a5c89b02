/** Matrix products; bias and activation are joined to them. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { countOf } from '../layout.js'
import type { Tfjs } from '../library.js'
import type { OperatorCall } from '../operator-call.js'
import type { PlannedValue } from '../plan.js'
import { biasVector, type Fused, fuse } from './fuse.js'
import { operator, type TfjsOperators } from './operator.js'

/** MatMul and Gemm. */
export const matrix: TfjsOperators = {
  Gemm: operator(gemm, '_FusedMatMul'),
  MatMul: operator(matMul, '_FusedMatMul', 'BatchMatMul'),
  Einsum: operator(einsum, 'Einsum'),
}

/** `alpha * A * B + beta * C`. @see https://onnx.ai/onnx/operators/onnx__Gemm.html */
function gemm(call: OperatorCall): void {
  const { tf } = call
  const [alpha, beta] = [call.float('alpha', 1), call.float('beta', 1)]
  const turned = call.int('transB', 0) === 1
  const [rows = 1, columns = 1] = call.shape(1)
  const b = call.input(1)
  const isRight = !turned && alpha === 1
  const key = `weight ${turned} ${alpha}`
  const weight = isRight
    ? b
    : call.step([b], key, turned ? [columns, rows] : [rows, columns], 'plain', ([x]) => {
        const right = turned ? tf.transpose(x as Tensor) : (x as Tensor)
        return alpha === 1 ? right : tf.mul(right, alpha)
      })
  const a = call.int('transA', 0) === 1 ? call.map(call.input(0), 'turned', (x) => tf.transpose(x)) : call.input(0)
  const given = call.has(2) ? scaled(call, call.input(2), beta) : undefined
  const width = call.outputShape()[1] ?? 1
  const isVector = given !== undefined && countOf(given.shape) === width && (given.shape.at(-1) ?? 1) === width
  const bias = given !== undefined && isVector ? biasVector(call, given, width) : undefined
  if (given !== undefined && bias === undefined) {
    const product = call.step([a, weight, given], 'plus', call.outputShape(), 'plain', ([x, y, z]) =>
      tf.add(tf.matMul(x as Tensor, y as Tensor), z as Tensor),
    )
    return void call.output(product)
  }
  multiply(call, a, fuse(call, weight, bias, 1))
}

const scaled = (call: OperatorCall, value: PlannedValue, factor: number): PlannedValue =>
  factor === 1 ? value : call.map(value, `beta ${factor}`, (x) => call.tf.mul(x, factor))

/** A product with one matrix runs as a single large one. */
function matMul(call: OperatorCall): void {
  const [left, right] = [call.shape(0), call.shape(1)]
  if (right.length === 2 && left.length >= 2) {
    const rank = call.outputShape().length
    return void multiply(call, call.input(0), fuse(call, call.input(1), undefined, rank - 1))
  }
  const work = ([x, y]: readonly Tensor[]) => productOf(call, x as Tensor, y as Tensor)
  call.output(call.step([call.input(0), call.input(1)], '', call.outputShape(), 'plain', work))
}

function multiply(call: OperatorCall, a: PlannedValue, { weight, bias, activation, alpha, output }: Fused): void {
  const { tf } = call
  const shape = call.outputShape()
  const [inner = 1] = a.shape.slice(-1)
  const isFlat = a.shape.length === 2
  const options = { activation, ...(alpha === undefined ? {} : { leakyreluAlpha: alpha }) }
  const inputs = [a, weight, ...(bias === undefined ? [] : [bias])]
  const result = call.step(inputs, `${activation} ${alpha}`, shape, 'plain', ([x, y, z]) => {
    const rows = isFlat ? (x as Tensor) : tf.reshape(x as Tensor, [-1, inner])
    const sums = tf.fused.matMul({ ...options, a: rows, b: y as Tensor, ...(z === undefined ? {} : { bias: z }) })
    return isFlat ? sums : tf.reshape(sums, [...shape])
  })
  call.outputNamed(output, result)
}

function einsum(call: OperatorCall): void {
  const equation = call.text('equation', '').replace(/\s/g, '')
  if (!equation.includes('->') || equation.includes('.')) throw call.refusal(`equation ${equation}`)
  const inputs = Array.from({ length: call.inputCount }, (_, index) => call.input(index))
  const work = (tensors: readonly Tensor[]) => call.tf.einsum(equation, ...tensors)
  call.output(call.step(inputs, equation, call.outputShape(), 'plain', work))
}

/** Vectors become matrices; of batches that differ the smaller one is repeated, since kernels take equal ones. */
function productOf(call: OperatorCall, x: Tensor, y: Tensor): Tensor {
  const { tf } = call
  const a = x.rank === 1 ? tf.expandDims(x, 0) : x
  const b = y.rank === 1 ? tf.expandDims(y, 1) : y
  const batch = batchOf(a.shape.slice(0, -2), b.shape.slice(0, -2))
  return tf.reshape(tf.matMul(repeated(tf, a, batch), repeated(tf, b, batch)), [...call.outputShape()])
}

function batchOf(left: readonly number[], right: readonly number[]): readonly number[] {
  const rank = Math.max(left.length, right.length)
  const sizeAt = (shape: readonly number[], axis: number) => shape[axis - rank + shape.length] ?? 1
  return Array.from({ length: rank }, (_, axis) => Math.max(sizeAt(left, axis), sizeAt(right, axis)))
}

function repeated(tf: Tfjs, x: Tensor, batch: readonly number[]): Tensor {
  const shape = [...batch, ...x.shape.slice(-2)]
  return countOf(shape) === x.size ? tf.reshape(x, shape) : tf.broadcastTo(x, shape)
}
