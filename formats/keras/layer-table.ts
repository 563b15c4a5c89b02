/** All layers that can be read, by the class names of Keras 1, 2 and 3. */
import type { LayerConverter } from './layer-call.js'
import { adaptivePooling } from './layers/adaptive-pooling.js'
import { attention } from './layers/attention.js'
import { categoryEncoding, discretization, integerLookup } from './layers/categories.js'
import { convolution, depthwiseConvolution, separableConvolution, transposedConvolution } from './layers/convolution.js'
import * as core from './layers/core.js'
import { normalization } from './layers/data-normalization.js'
import { dot } from './layers/dot.js'
import { einsumDense } from './layers/einsum-dense.js'
import { concatenate, merge, merging, scaledSum } from './layers/merging.js'
import { groupQueryAttention, multiHeadAttention } from './layers/multi-head-attention.js'
import * as normalizing from './layers/normalization.js'
import { globalPooling, pooling } from './layers/pooling.js'
import { bidirectional, RECURRENT, recurrent } from './layers/recurrent.js'
import { centerCrop, randomCrop, resizing } from './layers/resizing.js'
import { cropping, flatten, permute, repeatVector, reshape, upSampling, zeroPadding } from './layers/shaping.js'
import { timeDistributed } from './layers/time-distributed.js'
import { spectralNormalization } from './layers/wrapped.js'
import { tensorFlowOpLayer, tfOpLambda } from './operators/convert-operator.js'

/** What acts in training alone, or changes nothing but the kind of a value. */
const IDENTITIES = [
  'ActivityRegularization',
  'AlphaDropout',
  'Dropout',
  'GaussianDropout',
  'GaussianNoise',
  'Identity',
  ...['AugMix', 'CutMix', 'MixUp', 'RandAugment', 'RandomBrightness', 'RandomColorDegeneration', 'RandomColorJitter'],
  ...['RandomContrast', 'RandomElasticTransform', 'RandomErasing', 'RandomFlip', 'RandomGaussianBlur'],
  ...['RandomGrayscale', 'RandomHeight', 'RandomHue', 'RandomInvert', 'RandomPerspective', 'RandomPosterization'],
  ...['RandomRotation', 'RandomSaturation', 'RandomSharpness', 'RandomShear', 'RandomTranslation', 'RandomWidth'],
  'RandomZoom',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
]

/** Converters by class name, without those of users. */
export const LAYERS: ReadonlyMap<string, LayerConverter> = new Map<string, LayerConverter>([
  ...IDENTITIES.map((name) => [name, core.identity] as const),
  ...RECURRENT.map((name) => [name, recurrent] as const),
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
    CenterCrop: centerCrop,
    RandomCrop: randomCrop,
    CategoryEncoding: categoryEncoding,
    Discretization: discretization,
    IntegerLookup: integerLookup,
    BatchNormalization: normalizing.batchNormalization,
    LayerNormalization: normalizing.layerNormalization,
    GroupNormalization: normalizing.groupNormalization,
    RMSNormalization: normalizing.rmsNormalization,
    UnitNormalization: normalizing.unitNormalization,
    LayerScale: normalizing.layerScale,
    Normalization: normalization,
    SpectralNormalization: spectralNormalization,
    EinsumDense: einsumDense,
    Dot: dot,
    Attention: attention('dot'),
    AdditiveAttention: attention('additive'),
    MultiHeadAttention: multiHeadAttention,
    GroupQueryAttention: groupQueryAttention,
    GroupedQueryAttention: groupQueryAttention,
    ReversibleEmbedding: core.reversibleEmbedding,
    Add: merging('Add'),
    Subtract: merging('Sub'),
    Multiply: merging('Mul'),
    Average: merging('Mean'),
    Maximum: merging('Max'),
    Minimum: merging('Min'),
    Concatenate: concatenate,
    Merge: merge,
    CustomScaleLayer: scaledSum,
    Flatten: flatten,
    Reshape: reshape,
    Permute: permute,
    RepeatVector: repeatVector,
    Bidirectional: bidirectional,
    TimeDistributed: timeDistributed,
    TFOpLambda: tfOpLambda,
    SlicingOpLambda: tfOpLambda,
    ClassMethod: tfOpLambda,
    InstanceMethod: tfOpLambda,
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
    [`AdaptiveMaxPooling${suffix}`, adaptivePooling('ReduceMax', dimensions)],
    [`AdaptiveAveragePooling${suffix}`, adaptivePooling('ReduceMean', dimensions)],
    [`ZeroPadding${suffix}`, zeroPadding(dimensions)],
    [`Cropping${suffix}`, cropping(dimensions)],
    [`UpSampling${suffix}`, upSampling(dimensions)],
  ]
}
