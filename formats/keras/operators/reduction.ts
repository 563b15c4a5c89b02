/** Operators that reduce axes, or work along one: sums, extremes, deviations, arguments, norms, running sums, sorting. */
import { float, int } from '../../../src/graph/attributes.js'
import { softmax, softmaxOver } from '../activations.js'
import type { KerasTensor } from '../keras-graph.js'
import type { Operation, OperatorConverter } from './operation.js'

type Reduce = (operation: Operation, tensor: KerasTensor, axes: string, keepdims: 0 | 1) => string

const named =
  (operator: string): Reduce =>
  ({ call }, tensor, axes, keepdims) =>
    call.node(operator, [tensor.name, axes], { keepdims: int(keepdims) })

/** @param kind - `float`: numbers of floating point; `whole`: bool as numbers; `any`: bool in, bool out */
function reduction(reduce: Reduce, kind: 'float' | 'whole' | 'any'): OperatorConverter {
  return (operation) => {
    const { graph } = operation
    const given = operation.tensor(0, 'x', 'input_tensor', 'input', 'tensor')
    const input = prepared(operation, given, kind)
    const axes = operation.axes(input.shape.length, 1, 'axis', 'axes', 'reduction_indices')
    const keeps = operation.flag(-1, 'keepdims', 'keep_dims')
    const name = reduce(operation, input, graph.builder.constant(axes), keeps ? 1 : 0)
    const shape = reducedShape(input, axes, keeps)
    if (kind !== 'any') return operation.made(name, shape, input.dtype)
    return operation.made(graph.node('Cast', [name], { to: int(9) }), shape, 'bool')
  }
}

function prepared(operation: Operation, tensor: KerasTensor, kind: 'float' | 'whole' | 'any'): KerasTensor {
  if (kind === 'float') return operation.floating(tensor)
  if (kind === 'any') return operation.graph.cast(operation.graph.cast(tensor, 'bool'), 'float32')
  return tensor.dtype === 'bool' ? operation.graph.cast(tensor, 'int32') : tensor
}

const reducedShape = ({ shape }: KerasTensor, axes: readonly number[], keeps: boolean) =>
  shape.flatMap((size, axis) => (axes.includes(axis) ? (keeps ? [1] : []) : [size]))

const variance: Reduce = ({ call, graph }, tensor, axes, keepdims) => {
  const centred = graph.node('Sub', [tensor.name, graph.node('ReduceMean', [tensor.name, axes])])
  return call.node('ReduceMean', [graph.node('Mul', [centred, centred]), axes], { keepdims: int(keepdims) })
}

const deviation: Reduce = (operation, tensor, axes, keepdims) =>
  operation.graph.node('Sqrt', [variance(operation, tensor, axes, keepdims)])

const argument =
  (operator: 'ArgMax' | 'ArgMin'): OperatorConverter =>
  (operation) => {
    const input = operation.tensor(0, 'x', 'input')
    const keeps = operation.flag(-1, 'keepdims')
    const [axis, ...others] = operation.whole(1, 'axis', 'dimension') ?? []
    const rank = input.shape.length
    if (axis === undefined || others.length > 0) throw operation.call.refuse('it does not work along one axis')
    const place = axis < 0 ? axis + rank : axis
    const name = operation.node(operator, [input.name], { axis: int(place), keepdims: int(keeps ? 1 : 0) })
    return operation.graph.cast(operation.made(name, reducedShape(input, [place], keeps), 'int64'), 'int32')
  }

/** One axis, which is the last where nothing else is said. */
function axisOf(operation: Operation, tensor: KerasTensor): number {
  const [axis = -1] = operation.whole(1, 'axis', 'dim') ?? []
  const [place = 0] = [axis < 0 ? axis + tensor.shape.length : axis]
  if (place < 0 || place >= tensor.shape.length) throw operation.call.refuse(`axis is ${axis}`)
  return place
}

const runningSum: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x')
  if (operation.value(1, 'axis') === undefined) throw operation.call.refuse('it runs over all axes as one')
  const axis = axisOf(operation, input)
  const attributes = {
    exclusive: int(Number(operation.flag(2, 'exclusive'))),
    reverse: int(Number(operation.flag(3, 'reverse'))),
  }
  return { ...input, name: operation.node('CumSum', [input.name, operation.graph.builder.constant(axis)], attributes) }
}

const softmaxOf: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x', 'logits')
  const axes = operation.whole(1, 'axis') ?? [-1]
  const [axis = -1] = axes
  return axes.length === 1 ? softmax(operation.call, input, axis) : softmaxOver(operation.call, input, axes)
}

const logSoftmax: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x', 'logits')
  return { ...input, name: operation.node('LogSoftmax', [input.name], { axis: int(axisOf(operation, input)) }) }
}

/** `x / max(length, epsilon)`; TensorFlow's bound is that of the square. */
const normalize: OperatorConverter = (operation) => {
  const { graph } = operation
  const input = operation.tensor(0, 'x')
  if (operation.number(2, -1, 'order') !== 2) throw operation.call.refuse('its order is not 2')
  const axes = operation.axes(input.shape.length, 1, 'axis')
  const squares = graph.node('ReduceSumSquare', [input.name, graph.builder.constant(axes)])
  const isOld = operation.call.context.kerasVersion < 3
  const least = operation.number(isOld ? 1e-12 : 1e-7, -1, 'epsilon')
  const bound = isOld ? least : least * least
  const length = graph.node('Sqrt', [graph.node('Max', [squares, graph.scalar(bound)])])
  return { ...input, name: operation.node('Div', [input.name, length]) }
}

const norm: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x', 'tensor')
  const order = operation.value(1, 'ord', 'order') ?? 'euclidean'
  const operator =
    order === 1 ? 'ReduceL1' : order === 2 || order === 'euclidean' || order === 'fro' ? 'ReduceL2' : undefined
  const axes = operation.axes(input.shape.length, 2, 'axis')
  if (operator === undefined || (order !== 'fro' && order !== 'euclidean' && axes.length > 1)) {
    throw operation.call.refuse(`its order is ${JSON.stringify(order)?.slice(0, 60)}`)
  }
  const keeps = operation.flag(-1, 'keepdims')
  const name = operation.node(operator, [input.name, operation.graph.builder.constant(axes)], {
    keepdims: int(keeps ? 1 : 0),
  })
  return operation.made(name, reducedShape(input, axes, keeps), input.dtype)
}

/** Mean and variance. */
const moments: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x')
  const axes = operation.axes(input.shape.length, 1, 'axes', 'axis')
  const keeps = operation.flag(-1, 'keepdims')
  const constant = operation.graph.builder.constant(axes)
  const shape = reducedShape(input, axes, keeps)
  const mean = named('ReduceMean')(operation, input, constant, keeps ? 1 : 0)
  const spread = variance(operation, input, constant, keeps ? 1 : 0)
  return [operation.made(mean, shape, input.dtype), operation.made(spread, shape, input.dtype)]
}

const largest: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x', 'input')
  const count = operation.number(1, 1, 'k')
  const { builder } = operation.graph
  const [values = '', indices = ''] = builder.nodeWithOutputs(
    'TopK',
    [input.name, builder.constant([count])],
    {},
    { outputs: 2 },
  )
  const shape = [...input.shape.slice(0, -1), count]
  return [
    operation.made(values, shape, input.dtype),
    operation.graph.cast(operation.made(indices, shape, 'int64'), 'int32'),
  ]
}

const sorted =
  (wants: 'values' | 'indices'): OperatorConverter =>
  (operation) => {
    const { graph } = operation
    const input = operation.tensor(0, 'x', 'values')
    const axis = axisOf(operation, input)
    const size = graph.node('Shape', [input.name], { start: int(axis), end: int(axis + 1) })
    const isDown = operation.value(-1, 'direction') === 'DESCENDING'
    const attributes = { axis: int(axis), largest: int(isDown ? 1 : 0) }
    const [values = '', indices = ''] = graph.builder.nodeWithOutputs('TopK', [input.name, size], attributes, {
      outputs: 2,
    })
    if (wants === 'values') return { ...input, name: values }
    return graph.cast({ ...input, dtype: 'int64', name: indices }, 'int32')
  }

/** Layer and RMS normalisation as operators, with scales that are tensors. */
const layerNorm: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x')
  if (operation.flag(-1, 'rms_scaling')) throw operation.call.refuse('it uses rms_scaling')
  const { axis, epsilon } = lastAxis(operation, input)
  const ones = () => operation.graph.floats(Array.from({ length: operation.call.sizeOf(input.shape, -1) }, () => 1))
  const [gamma, beta] = [operation.value(1, 'gamma'), operation.value(2, 'beta')].map(
    (value) => operation.asTensor(value)?.name,
  )
  const inputs = [input.name, gamma ?? ones(), ...(beta === undefined ? [] : [beta])]
  return { ...input, name: operation.node('LayerNormalization', inputs, { axis: int(axis), epsilon: float(epsilon) }) }
}

const rmsNorm: OperatorConverter = (operation) => {
  const { graph } = operation
  const input = operation.tensor(0, 'x')
  const { axis, epsilon } = lastAxis(operation, input)
  const squares = graph.node('Mul', [input.name, input.name])
  const mean = graph.node('ReduceMean', [squares, graph.builder.constant([axis])])
  const root = graph.node('Sqrt', [graph.node('Add', [mean, graph.scalar(epsilon)])])
  const scale = operation.asTensor(operation.value(1, 'scale'))
  const name = operation.node('Div', [input.name, root])
  return { ...input, name: scale === undefined ? name : graph.node('Mul', [name, scale.name]) }
}

function lastAxis(operation: Operation, { shape }: KerasTensor): { axis: number; epsilon: number } {
  const axes = operation.whole(-1, 'axis') ?? [-1]
  const isLast = axes.length === 1 && (axes[0] === -1 || axes[0] === shape.length - 1)
  if (!isLast) throw operation.call.refuse('it does not work over the last axis')
  return { axis: -1, epsilon: operation.number(1e-7, -1, 'epsilon') }
}

const kinds = (names: readonly string[], converter: OperatorConverter) =>
  names.map((name) => [name, converter] as const)
const reducing = (names: readonly string[], operator: string, kind: 'float' | 'whole' | 'any') =>
  kinds([...names, ...names.map((name) => `reduce${name}`)], reduction(named(operator), kind))

/** Operators by their names in lower case, without underscores. */
export const REDUCTIONS: ReadonlyMap<string, OperatorConverter> = new Map<string, OperatorConverter>([
  ...reducing(['mean'], 'ReduceMean', 'float'),
  ...reducing(['sum'], 'ReduceSum', 'whole'),
  ...reducing(['prod'], 'ReduceProd', 'whole'),
  ...reducing(['max', 'amax'], 'ReduceMax', 'whole'),
  ...reducing(['min', 'amin'], 'ReduceMin', 'whole'),
  ...reducing(['any'], 'ReduceMax', 'any'),
  ...reducing(['all'], 'ReduceMin', 'any'),
  ...reducing(['logsumexp'], 'ReduceLogSumExp', 'float'),
  ...kinds(['var', 'reducevariance'], reduction(variance, 'float')),
  ...kinds(['std', 'reducestd'], reduction(deviation, 'float')),
  ...Object.entries({
    argmax: argument('ArgMax'),
    argmin: argument('ArgMin'),
    cumsum: runningSum,
    softmax: softmaxOf,
    logsoftmax: logSoftmax,
    normalize,
    l2normalize: normalize,
    norm,
    moments,
    topk: largest,
    topkv2: largest,
    sort: sorted('values'),
    argsort: sorted('indices'),
    layernorm: layerNorm,
    rmsnorm: rmsNorm,
  }),
])
