/** Resizing, sampling and boxes against onnxruntime. */
import { float, int, ints, floats as numbers, text } from '../../src/graph/attributes.js'
import { constant, describeNodes, floats, type InputCase, type NodeCase } from '../helpers/one-node.js'

const empty: InputCase = { dtype: 'float32', shape: [0], isConstant: true }
const image = floats(1, 2, 6, 5)

const resized: Readonly<Record<string, NodeCase>> = {
  'Resize by scales of opset 10': {
    operator: 'Resize',
    opset: 10,
    inputs: [image, constant('float32', [1, 1, 2, 0.5])],
    attributes: { mode: text('linear') },
  },
  'Resize by scales that do not come out even': {
    operator: 'Resize',
    opset: 13,
    inputs: [image, null, constant('float32', [1, 1, 1.3, 0.7])],
  },
  'Resize by sizes, with empty scales': {
    operator: 'Resize',
    opset: 11,
    inputs: [image, empty, empty, constant('int64', [1, 2, 3, 10])],
    attributes: { mode: text('cubic') },
  },
  'Resize of two axes': {
    operator: 'Resize',
    opset: 18,
    inputs: [image, null, null, constant('int64', [12, 7])],
    attributes: { mode: text('linear'), axes: ints([2, 3]) },
  },
  'Resize to fit inside': {
    operator: 'Resize',
    opset: 18,
    inputs: [image, null, null, constant('int64', [9, 9])],
    attributes: { axes: ints([2, 3]), keep_aspect_ratio_policy: text('not_larger') },
    isDecidedWhenFixed: true,
  },
  'Resize to fill': {
    operator: 'Resize',
    opset: 19,
    inputs: [image, null, null, constant('int64', [9, 9])],
    attributes: { axes: ints([2, 3]), keep_aspect_ratio_policy: text('not_smaller') },
    isDecidedWhenFixed: true,
  },
  'Resize of axes counted from the end': {
    operator: 'Resize',
    opset: 18,
    inputs: [image, null, null, constant('int64', [12, 7])],
    attributes: { mode: text('linear'), axes: ints([-2, -1]) },
  },
  'Resize with antialiasing': {
    operator: 'Resize',
    opset: 18,
    inputs: [image, null, constant('float32', [1, 1, 0.5, 0.6])],
    attributes: { mode: text('linear'), antialias: int(1) },
  },
  'Resize of a crop': {
    operator: 'Resize',
    opset: 13,
    inputs: [image, constant('float32', [0, 0, 0.2, 0.3, 1, 1, 0.8, 0.9]), empty, constant('int64', [1, 2, 3, 3])],
    attributes: { mode: text('linear'), coordinate_transformation_mode: text('tf_crop_and_resize') },
  },
  'Resize of a crop by scales': {
    operator: 'Resize',
    opset: 13,
    inputs: [image, constant('float32', [0, 0, 0.2, 0.3, 1, 1, 0.8, 0.9]), constant('float32', [1, 1, 2, 2])],
    attributes: { mode: text('linear'), coordinate_transformation_mode: text('tf_crop_and_resize') },
  },
  'Upsample of opset 7': {
    operator: 'Upsample',
    opset: 7,
    inputs: [image],
    attributes: { scales: numbers([1, 1, 2, 3]) },
  },
  'Upsample of opset 9': { operator: 'Upsample', opset: 9, inputs: [image, constant('float32', [1, 1, 2, 1.5])] },
}

const sampled: Readonly<Record<string, NodeCase>> = {
  RoiAlign: {
    operator: 'RoiAlign',
    opset: 16,
    inputs: [image, floats(3, 4), constant('int64', [0, 0, 0])],
    attributes: { output_height: int(4), output_width: int(5), sampling_ratio: int(2), spatial_scale: float(1) },
  },
  MaxRoiPool: {
    operator: 'MaxRoiPool',
    inputs: [image, floats(3, 5)],
    attributes: { pooled_shape: ints([2, 3]) },
  },
  'GridSample of opset 16': { operator: 'GridSample', opset: 16, inputs: [image, floats(1, 3, 4, 2)] },
  'GridSample in three dimensions': {
    operator: 'GridSample',
    opset: 20,
    inputs: [floats(1, 2, 3, 4, 5), floats(1, 2, 2, 2, 3)],
  },
  'AffineGrid of images': {
    operator: 'AffineGrid',
    opset: 20,
    inputs: [floats(2, 2, 3), constant('int64', [2, 3, 5, 6])],
  },
  'AffineGrid of volumes': {
    operator: 'AffineGrid',
    opset: 20,
    inputs: [floats(2, 3, 4), constant('int64', [2, 3, 4, 5, 6])],
  },
  'CenterCropPad of all axes': {
    operator: 'CenterCropPad',
    opset: 18,
    inputs: [floats(10, 7, 3), constant('int64', [6, 9, 3])],
  },
  'CenterCropPad of some axes': {
    operator: 'CenterCropPad',
    opset: 18,
    inputs: [floats(10, 7, 3), constant('int64', [4, 9])],
    attributes: { axes: ints([1, -1]) },
  },
  NonMaxSuppression: {
    operator: 'NonMaxSuppression',
    opset: 11,
    inputs: [
      floats(1, 6, 4),
      floats(1, 2, 6),
      constant('int64', [3]),
      constant('float32', [0.5]),
      constant('float32', [0]),
    ],
    isDecidedByRun: true,
  },
  Col2Im: {
    operator: 'Col2Im',
    opset: 18,
    inputs: [floats(1, 12, 4), constant('int64', [4, 4]), constant('int64', [2, 2])],
    attributes: { strides: ints([2, 2]) },
  },
}

describeNodes({ ...resized, ...sampled })
