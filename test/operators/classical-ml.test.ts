/** Classical machine learning against onnxruntime. */
import { int, ints, floats as numbers, tensorAttribute, text, texts } from '../../src/graph/attributes.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import { constant, describeNodes, floats, type InputCase, type NodeCase } from '../helpers/one-node.js'

const domain = 'ai.onnx.ml'
const x = floats(4, 3)
const strings = (...shape: readonly number[]): InputCase => ({ dtype: 'string', shape })
const int64 = (...shape: readonly number[]): InputCase => ({ dtype: 'int64', shape })

/** One tree: a root with two leaves. */
const tree = {
  nodes_treeids: ints([0, 0, 0]),
  nodes_nodeids: ints([0, 1, 2]),
  nodes_featureids: ints([1, 0, 0]),
  nodes_modes: texts(['BRANCH_LEQ', 'LEAF', 'LEAF']),
  nodes_values: numbers([0.1, 0, 0]),
  nodes_truenodeids: ints([1, 0, 0]),
  nodes_falsenodeids: ints([2, 0, 0]),
}
const vectors = {
  coefficients: numbers([1, -1, 0.5]),
  support_vectors: numbers([0, 1, 2, 3, 4, 5, 6, 7, 8]),
  rho: numbers([0.1]),
  kernel_type: text('RBF'),
  kernel_params: numbers([0.5, 0, 3]),
}

const CASES: Readonly<Record<string, NodeCase>> = {
  ArrayFeatureExtractor: { operator: 'ArrayFeatureExtractor', inputs: [x, constant('int64', [0, 2])] },
  'ArrayFeatureExtractor of a vector': {
    operator: 'ArrayFeatureExtractor',
    inputs: [floats(5), constant('int64', [0, 2])],
  },
  Binarizer: { operator: 'Binarizer', inputs: [x] },
  'CategoryMapper from strings': {
    operator: 'CategoryMapper',
    inputs: [strings(2, 3)],
    attributes: { cats_strings: texts(['a']), cats_int64s: ints([1]) },
  },
  'CategoryMapper to strings': {
    operator: 'CategoryMapper',
    inputs: [int64(2, 3)],
    attributes: { cats_strings: texts(['a']), cats_int64s: ints([1]) },
  },
  FeatureVectorizer: {
    operator: 'FeatureVectorizer',
    inputs: [x, floats(4, 2)],
    attributes: { inputdimensions: ints([3, 2]) },
  },
  Imputer: {
    operator: 'Imputer',
    inputs: [x],
    attributes: { imputed_value_floats: numbers([1]), replaced_value_float: { kind: 'float', value: 0 } },
  },
  'LabelEncoder to integers': {
    operator: 'LabelEncoder',
    domainOpset: 2,
    inputs: [strings(4)],
    attributes: { keys_strings: texts(['a']), values_int64s: ints([1]) },
  },
  'LabelEncoder of version 1': {
    operator: 'LabelEncoder',
    inputs: [int64(4)],
    attributes: { classes_strings: texts(['a', 'b', 'c']) },
  },
  'LabelEncoder to floats': {
    operator: 'LabelEncoder',
    domainOpset: 3,
    inputs: [int64(4)],
    attributes: { keys_int64s: ints([1]), values_floats: numbers([0.5]) },
  },
  'LinearClassifier of three classes': {
    operator: 'LinearClassifier',
    inputs: [x],
    attributes: {
      coefficients: numbers([1, 2, 3, 4, 5, 6, 7, 8, 9]),
      intercepts: numbers([1, 2, 3]),
      classlabels_ints: ints([0, 1, 2]),
    },
    outputs: 2,
  },
  'LinearClassifier of two classes with one row': {
    operator: 'LinearClassifier',
    inputs: [x],
    attributes: {
      coefficients: numbers([1, 2, 3]),
      intercepts: numbers([1]),
      classlabels_strings: texts(['no', 'yes']),
    },
    outputs: 2,
  },
  LinearRegressor: {
    operator: 'LinearRegressor',
    inputs: [x],
    attributes: { coefficients: numbers([1, 2, 3, 4, 5, 6]), intercepts: numbers([1, 2]), targets: int(2) },
  },
  Normalizer: { operator: 'Normalizer', inputs: [int64(4, 3)], attributes: { norm: text('L2') } },
  OneHotEncoder: { operator: 'OneHotEncoder', inputs: [int64(2, 3)], attributes: { cats_int64s: ints([0, 1, 2]) } },
  Scaler: { operator: 'Scaler', inputs: [x], attributes: { scale: numbers([1, 2, 3]), offset: numbers([0, 0, 0]) } },
  'SVMClassifier of two classes': {
    operator: 'SVMClassifier',
    inputs: [x],
    attributes: { ...vectors, classlabels_ints: ints([0, 1]), vectors_per_class: ints([1, 2]) },
    outputs: 2,
  },
  'SVMClassifier of three classes votes by pairs': {
    operator: 'SVMClassifier',
    inputs: [x],
    attributes: {
      ...vectors,
      coefficients: numbers([1, -1, 0.5, 1, 1, 1]),
      rho: numbers([0.1, 0.2, 0.3]),
      classlabels_ints: ints([0, 1, 2]),
      vectors_per_class: ints([1, 1, 1]),
    },
    outputs: 2,
  },
  'SVMClassifier with probabilities': {
    operator: 'SVMClassifier',
    inputs: [x],
    attributes: {
      ...vectors,
      classlabels_strings: texts(['a', 'b']),
      vectors_per_class: ints([1, 2]),
      prob_a: numbers([0.1]),
      prob_b: numbers([0.2]),
    },
    outputs: 2,
  },
  SVMRegressor: { operator: 'SVMRegressor', inputs: [x], attributes: { ...vectors, n_supports: int(3) } },
  TreeEnsembleClassifier: {
    operator: 'TreeEnsembleClassifier',
    inputs: [x],
    attributes: {
      ...tree,
      class_treeids: ints([0, 0]),
      class_nodeids: ints([1, 2]),
      class_ids: ints([0, 1]),
      class_weights: numbers([1, 1]),
      classlabels_int64s: ints([0, 1, 2]),
    },
    outputs: 2,
  },
  TreeEnsembleRegressor: {
    operator: 'TreeEnsembleRegressor',
    domainOpset: 3,
    inputs: [x],
    attributes: {
      ...tree,
      n_targets: int(2),
      target_treeids: ints([0, 0]),
      target_nodeids: ints([1, 2]),
      target_ids: ints([0, 1]),
      target_weights: numbers([1, 1]),
    },
  },
  'TreeEnsemble of version 5 in double precision': {
    operator: 'TreeEnsemble',
    domainOpset: 5,
    inputs: [{ dtype: 'float64', shape: [4, 3] }],
    attributes: {
      n_targets: int(2),
      tree_roots: ints([0]),
      nodes_featureids: ints([1]),
      nodes_splits: tensorAttribute(memoryInitializer('splits', Float64Array.of(0.1), [1])),
      nodes_modes: tensorAttribute(memoryInitializer('modes', Uint8Array.of(0), [1])),
      nodes_truenodeids: ints([0]),
      nodes_trueleafs: ints([1]),
      nodes_falsenodeids: ints([1]),
      nodes_falseleafs: ints([1]),
      leaf_targetids: ints([0, 1]),
      leaf_weights: tensorAttribute(memoryInitializer('weights', Float64Array.of(1, 2), [2])),
    },
  },
}

describeNodes(Object.fromEntries(Object.entries(CASES).map(([name, node]) => [name, { ...node, domain }])))
