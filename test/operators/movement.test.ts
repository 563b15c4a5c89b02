/** Operators that move elements, reduce or select them, against onnxruntime. */
import { float, int, ints, tensorAttribute, text } from '../../src/graph/attributes.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import { constant, describeNodes, floats, type InputCase, type NodeCase, weight } from '../helpers/one-node.js'

const longs = (...shape: readonly number[]): InputCase => ({ dtype: 'int64', shape })
const list = (...values: readonly number[]): InputCase => constant('int64', values)

describeNodes({
  'Reshape with -1': { operator: 'Reshape', inputs: [floats(2, 3, 4), list(-1, 6)] },
  'Reshape with a copied size': { operator: 'Reshape', inputs: [floats(2, 3, 4), list(0, -1)] },
  'Reshape with allowzero': {
    operator: 'Reshape',
    inputs: [floats(0, 3), list(3, 0)],
    attributes: { allowzero: int(1) },
  },
  'Flatten from axis 1': { operator: 'Flatten', inputs: [floats(2, 3, 4)] },
  'Flatten from axis 0': { operator: 'Flatten', inputs: [floats(2, 3, 4)], attributes: { axis: int(0) } },
  'Flatten from the last axis': { operator: 'Flatten', inputs: [floats(2, 3, 4)], attributes: { axis: int(-1) } },
  'Flatten behind the last axis': { operator: 'Flatten', inputs: [floats(2, 3)], attributes: { axis: int(2) } },
  'Squeeze with axes as input': { operator: 'Squeeze', inputs: [floats(1, 3, 1), list(0, -1)] },
  'Squeeze with axes as attribute': {
    operator: 'Squeeze',
    opset: 11,
    inputs: [floats(1, 3, 1)],
    attributes: { axes: ints([2]) },
  },
  'Squeeze without axes': { operator: 'Squeeze', inputs: [weight('float32', 1, 3, 1)] },
  'Unsqueeze with axes as input': { operator: 'Unsqueeze', inputs: [floats(3, 4), list(0, -1)] },
  'Unsqueeze with axes as attribute': {
    operator: 'Unsqueeze',
    opset: 11,
    inputs: [floats(3, 4)],
    attributes: { axes: ints([1]) },
  },
  'Transpose without perm': { operator: 'Transpose', inputs: [floats(2, 3, 4)] },
  'Transpose with perm': { operator: 'Transpose', inputs: [floats(2, 3, 4)], attributes: { perm: ints([1, 2, 0]) } },
  'Expand in both directions': { operator: 'Expand', inputs: [floats(3, 1), list(2, 1, 6)] },
  'Expand to fewer axes': { operator: 'Expand', inputs: [floats(2, 3, 1), list(3, 4)] },
  Tile: { operator: 'Tile', inputs: [floats(2, 3), list(1, 4)] },
  DepthToSpace: { operator: 'DepthToSpace', inputs: [floats(1, 8, 2, 3)], attributes: { blocksize: int(2) } },
  SpaceToDepth: { operator: 'SpaceToDepth', inputs: [floats(1, 2, 4, 6)], attributes: { blocksize: int(2) } },
})

describeNodes({
  'Concat along axis 1': {
    operator: 'Concat',
    inputs: [floats(2, 3), floats(2, 4), weight('float32', 2, 1)],
    attributes: { axis: int(1) },
  },
  'Concat along the last axis': {
    operator: 'Concat',
    inputs: [floats(2, 3), floats(2, 4)],
    attributes: { axis: int(-1) },
  },
  'Split in equal parts': {
    operator: 'Split',
    inputs: [floats(6, 2)],
    attributes: { num_outputs: int(3) },
    outputs: 3,
  },
  'Split with sizes as input': { operator: 'Split', inputs: [floats(6, 2), list(1, 5)], outputs: 2 },
  'Split with sizes as attribute': {
    operator: 'Split',
    opset: 11,
    inputs: [floats(2, 6)],
    attributes: { axis: int(1), split: ints([2, 4]) },
    outputs: 2,
  },
  'Split of opset 11 in equal parts': { operator: 'Split', opset: 11, inputs: [floats(6, 2)], outputs: 2 },
  'Split in parts of which the last is smaller': {
    operator: 'Split',
    inputs: [weight('float32', 7, 2)],
    attributes: { num_outputs: int(3) },
    outputs: 3,
  },
  'Slice with attributes': {
    operator: 'Slice',
    opset: 9,
    inputs: [floats(20, 10, 5)],
    attributes: { axes: ints([0, 1]), starts: ints([0, 0]), ends: ints([3, 10]) },
  },
  'Slice with negative indices': { operator: 'Slice', inputs: [floats(20, 10, 5), list(0, -4), list(-1, -1)] },
  'Slice with steps': {
    operator: 'Slice',
    inputs: [floats(20, 10, 5), list(1, 8), list(18, 1), list(0, 1), list(3, -2)],
  },
  'Slice to the end': { operator: 'Slice', inputs: [floats(20, 10), list(2), list(2 ** 53), list(1)] },
  'Slice past the end': { operator: 'Slice', inputs: [floats(20, 10), list(1000), list(1001), list(1)] },
  'Slice backwards through all': {
    operator: 'Slice',
    inputs: [floats(7, 3), list(-1), list(-(2 ** 53)), list(0), list(-1)],
  },
  'Slice from before the start': { operator: 'Slice', inputs: [floats(7), list(-100), list(4)] },
  'Pad with attributes': {
    operator: 'Pad',
    opset: 2,
    inputs: [floats(2, 3)],
    attributes: { pads: ints([0, 2, 1, 0]) },
  },
  'Pad with input': { operator: 'Pad', inputs: [floats(2, 3), list(1, 0, 0, 4)] },
  'Pad with axes': { operator: 'Pad', inputs: [floats(2, 3, 4), list(1, 2), null, list(-1)] },
  'Pad with negative pads': { operator: 'Pad', inputs: [floats(4, 3), list(-1, 0, -1, 2)] },
})

describeNodes({
  'Gather along axis 0': { operator: 'Gather', inputs: [floats(5, 4), longs(2, 3)] },
  'Gather along axis 1 with one index': {
    operator: 'Gather',
    inputs: [floats(5, 4), constant('int64', -1)],
    attributes: { axis: int(1) },
  },
  GatherElements: { operator: 'GatherElements', inputs: [floats(3, 3), longs(2, 3)], attributes: { axis: int(0) } },
  'GatherND of slices': { operator: 'GatherND', inputs: [floats(3, 3, 4), weight('int64', 2, 1, 2)] },
  'GatherND with batch': {
    operator: 'GatherND',
    inputs: [floats(2, 3, 4), weight('int64', 2, 1)],
    attributes: { batch_dims: int(1) },
  },
  ScatterElements: {
    operator: 'ScatterElements',
    inputs: [floats(3, 3), longs(2, 3), floats(2, 3)],
    attributes: { axis: int(0) },
  },
  ScatterND: { operator: 'ScatterND', inputs: [floats(4, 4), constant('int64', [0]), floats(4)] },
  'Compress of the flattened input': {
    operator: 'Compress',
    inputs: [floats(3, 2), constant('bool', [0, 1, 0, 1, 1])],
  },
  'Compress along an axis': {
    operator: 'Compress',
    inputs: [floats(3, 2), constant('bool', [0, 1, 1])],
    attributes: { axis: int(0) },
  },
  'Compress by what the run tells': {
    operator: 'Compress',
    inputs: [floats(3, 2), { dtype: 'bool', shape: [3] }],
    attributes: { axis: int(0) },
    isDecidedByRun: true,
  },
  ReverseSequence: {
    operator: 'ReverseSequence',
    inputs: [floats(4, 3), constant('int64', [1, 2, 3])],
  },
  'TopK with k as input': { operator: 'TopK', inputs: [floats(3, 6), list(2)], outputs: 2 },
  'TopK with k as attribute': {
    operator: 'TopK',
    opset: 9,
    inputs: [floats(3, 6)],
    attributes: { k: int(2), axis: int(0) },
    outputs: 2,
  },
  'Unique, sorted': { operator: 'Unique', inputs: [floats(6)], outputs: 4, isDecidedByRun: true },
  'Unique along an axis': {
    operator: 'Unique',
    inputs: [floats(3, 2)],
    attributes: { axis: int(0) },
    outputs: 4,
    isDecidedByRun: true,
  },
  'NonZero of what the run tells': { operator: 'NonZero', inputs: [floats(2, 3)], isDecidedByRun: true },
  'NonZero of constants': {
    operator: 'NonZero',
    inputs: [{ dtype: 'int64', shape: [2, 2], values: [1, 0, 1, 1], isConstant: true }],
  },
  OneHot: { operator: 'OneHot', inputs: [longs(2, 3), constant('int64', 10), weight('float32', 2)] },
  'OneHot along axis 1': {
    operator: 'OneHot',
    inputs: [longs(2, 3), constant('int64', 10), weight('float32', 2)],
    attributes: { axis: int(1) },
  },
})

const reductions =
  'ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare'

describeNodes({
  ...Object.fromEntries(
    reductions.split(' ').flatMap((operator): [string, NodeCase][] => [
      [`${operator} with axes as input`, { operator, inputs: [floats(2, 3, 4), list(1, -1)] }],
      [
        `${operator} with axes as attribute`,
        {
          operator,
          opset: 11,
          inputs: [floats(2, 3, 4)],
          attributes: { axes: ints([-2]), keepdims: int(0) },
        },
      ],
    ]),
  ),
  'ReduceMean of all': { operator: 'ReduceMean', inputs: [floats(2, 3)], attributes: { keepdims: int(0) } },
  'ReduceSum of nothing': {
    operator: 'ReduceSum',
    inputs: [floats(2, 3)],
    attributes: { noop_with_empty_axes: int(1) },
  },
  'ReduceMax of all, kept': { operator: 'ReduceMax', inputs: [floats(2, 3), list()] },
  'ArgMax of the first axis': { operator: 'ArgMax', inputs: [floats(2, 3)] },
  'ArgMin, dropped': {
    operator: 'ArgMin',
    inputs: [floats(2, 3)],
    attributes: { axis: int(-1), keepdims: int(0) },
  },
  CumSum: { operator: 'CumSum', inputs: [floats(2, 3), constant('int64', 1)] },
})

describeNodes({
  'Shape of all': { operator: 'Shape', inputs: [floats(2, 3, 4)] },
  'Shape of a part': {
    operator: 'Shape',
    inputs: [floats(2, 3, 4)],
    attributes: { start: int(-2), end: int(3) },
  },
  Size: { operator: 'Size', inputs: [floats(2, 3, 4)] },
  'ConstantOfShape, filled': {
    operator: 'ConstantOfShape',
    inputs: [list(2, 3)],
    attributes: { value: tensorAttribute(memoryInitializer('one', BigInt64Array.of(1n), [1])) },
  },
  'ConstantOfShape of a scalar': { operator: 'ConstantOfShape', inputs: [list()] },
  Range: {
    operator: 'Range',
    inputs: [constant('int64', 10), constant('int64', 4), constant('int64', -2)],
  },
  'Range of floats': {
    operator: 'Range',
    inputs: [constant('float32', 0), constant('float32', 1), constant('float32', 0.3)],
  },
  'Range that is empty': {
    operator: 'Range',
    inputs: [constant('int64', 4), constant('int64', 1), constant('int64', 1)],
  },
  EyeLike: { operator: 'EyeLike', inputs: [floats(3, 4)], attributes: { dtype: int(6), k: int(1) } },
  'Constant tensor': {
    operator: 'Constant',
    inputs: [],
    attributes: { value: tensorAttribute(memoryInitializer('v', new Float32Array(6), [2, 3])) },
  },
  'Constant float': { operator: 'Constant', inputs: [], attributes: { value_float: float(1) } },
  'Constant integers': { operator: 'Constant', inputs: [], attributes: { value_ints: ints([1, 2, 3]) } },
  'Constant string': { operator: 'Constant', inputs: [], attributes: { value_string: text('a') } },
})

describeNodes({
  'MatMul of matrices': { operator: 'MatMul', inputs: [floats(3, 4), floats(4, 5)] },
  'MatMul of vectors': { operator: 'MatMul', inputs: [floats(4), floats(4)] },
  'MatMul of a vector and a stack': { operator: 'MatMul', inputs: [floats(4), floats(2, 4, 5)] },
  'MatMul of a stack and a vector': { operator: 'MatMul', inputs: [floats(2, 3, 4), floats(4)] },
  'MatMul of stacks that broadcast': { operator: 'MatMul', inputs: [floats(2, 1, 3, 4), floats(5, 4, 6)] },
  Gemm: { operator: 'Gemm', inputs: [floats(3, 4), weight('float32', 4, 5), weight('float32', 5)] },
  'Gemm, both turned': {
    operator: 'Gemm',
    inputs: [floats(4, 3), floats(5, 4)],
    attributes: { transA: int(1), transB: int(1) },
  },
  Det: { operator: 'Det', inputs: [floats(2, 3, 3)] },
  'Einsum of a product': {
    operator: 'Einsum',
    inputs: [floats(2, 3), floats(3, 4)],
    attributes: { equation: text('ij,jk->ik') },
  },
  'Einsum with an ellipsis': {
    operator: 'Einsum',
    inputs: [floats(5, 2, 3), floats(5, 3, 4)],
    attributes: { equation: text('...ij, ...jk -> ...ik') },
  },
  'Einsum without an arrow': {
    operator: 'Einsum',
    inputs: [floats(3, 2), floats(3, 4)],
    attributes: { equation: text('ba,bc') },
  },
  'Einsum of a diagonal': { operator: 'Einsum', inputs: [floats(3, 3)], attributes: { equation: text('ii->i') } },
  'Einsum of a sum': { operator: 'Einsum', inputs: [floats(3, 4)], attributes: { equation: text('ij->i') } },
})
