/** All layers that can be read, by the class names of Keras 1, 2 and 3. */
import type { LayerConverter } from './layer-call.js'
import { convolution, depthwiseConvolution, separableConvolution, transposedConvolution } from './layers/convolution.js'
import * as core from './layers/core.js'
import { concatenate, merging, scaledSum } from './layers/merging.js'
import {
  batchNormalization,
  layerNormalization,
  layerScale,
  normalization,
  unitNormalization,
} from './layers/normalization.js'
import { tensorFlowOpLayer, tfOpLambda } from './layers/operation.js'
import { globalPooling, pooling } from './layers/pooling.js'
import { bidirectional, recurrent } from './layers/recurrent.js'
import {
  cropping,
  flatten,
  permute,
  repeatVector,
  reshape,
  resizing,
  upSampling,
  zeroPadding,
} from './layers/shaping.js'
import { timeDistributed } from './layers/time-distributed.js'

/** What acts in training alone, or changes nothing but the kind of a value. */
const IDENTITIES = [
  'ActivityRegularization',
  'AlphaDropout',
  'Dropout',
  'GaussianDropout',
  'GaussianNoise',
  'Identity',
  'RandomBrightness',
  'RandomContrast',
  'RandomFlip',
  'RandomRotation',
  'RandomTranslation',
  'RandomZoom',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
]

/** Converters by class name, without those of users. */
export const LAYERS: ReadonlyMap<string, LayerConverter> = new Map<string, LayerConverter>([
  ...IDENTITIES.map((name) => [name, core.identity] as const),
  ...[1, 2, 3].flatMap((dimensions) => ofDimensions(dimensions)),
  ...Object.entries({
    Conv1DTranspose: transposedConvolution(1),
    Conv2DTranspose: transposedConvolution(2),
    Conv3DTranspose: transposedConvolution(3),
    Deconvolution2D: transposedConvolution(2),
    DepthwiseConv1D: depthwiseConvolution(1),
    DepthwiseConv2D: depthwiseConvolution(2),
    SeparableConv1D: separableConvolution(1),
    SeparableConv2D: separableConvolution(2),
    SeparableConvolution2D: separableConvolution(2),
    Dense: core.dense,
    Embedding: core.embedding,
    Masking: core.masking,
    Activation: core.activation,
    ReLU: core.relu,
    LeakyReLU: core.leakyRelu,
    ELU: core.elu,
    PReLU: core.prelu,
    ThresholdedReLU: core.thresholdedRelu,
    Softmax: core.softmaxLayer,
    Rescaling: core.rescaling,
    Resizing: resizing,
    BatchNormalization: batchNormalization,
    LayerNormalization: layerNormalization,
    UnitNormalization: unitNormalization,
    Normalization: normalization,
    LayerScale: layerScale,
    Add: merging('Add'),
    Subtract: merging('Sub'),
    Multiply: merging('Mul'),
    Average: merging('Mean'),
    Maximum: merging('Max'),
    Minimum: merging('Min'),
    Concatenate: concatenate,
    CustomScaleLayer: scaledSum,
    Flatten: flatten,
    Reshape: reshape,
    Permute: permute,
    RepeatVector: repeatVector,
    SimpleRNN: recurrent('SimpleRNN'),
    LSTM: recurrent('LSTM'),
    GRU: recurrent('GRU'),
    Bidirectional: bidirectional,
    TimeDistributed: timeDistributed,
    TFOpLambda: tfOpLambda,
    TensorFlowOpLayer: tensorFlowOpLayer,
  }),
])

function ofDimensions(dimensions: number): (readonly [string, LayerConverter])[] {
  const suffix = `${dimensions}D`
  return [
    [`Conv${suffix}`, convolution(dimensions)],
    [`Convolution${suffix}`, convolution(dimensions)],
    [`MaxPooling${suffix}`, pooling('MaxPool', dimensions)],
    [`AveragePooling${suffix}`, pooling('AveragePool', dimensions)],
    [`GlobalMaxPooling${suffix}`, globalPooling('GlobalMaxPool', dimensions)],
    [`GlobalAveragePooling${suffix}`, globalPooling('GlobalAveragePool', dimensions)],
    [`ZeroPadding${suffix}`, zeroPadding(dimensions)],
    [`Cropping${suffix}`, cropping(dimensions)],
    [`UpSampling${suffix}`, upSampling(dimensions)],
  ]
}
