/** Layers of Keras that are not converted, and why. */

const TEXT = 'it takes text, which is prepared before the model'
const HASH = 'it hashes its input, which is prepared before the model'
const FOREIGN = 'it wraps a model of another library'
const PICTURE = 'it changes images by what they hold, which is done before the model'
const SOUND = 'it makes spectrograms, which is done before the model'

/** Reasons by class name. */
export const REFUSED_LAYERS: ReadonlyMap<string, string> = new Map([
  ['Lambda', 'it holds Python code, which is never run'],
  ...['StringLookup', 'TextVectorization'].map((name) => [name, TEXT] as const),
  ...['Hashing', 'HashedCrossing'].map((name) => [name, HASH] as const),
  ...['FlaxLayer', 'JaxLayer', 'TFSMLayer', 'TorchModuleWrapper'].map((name) => [name, FOREIGN] as const),
  ...['STFTSpectrogram', 'MelSpectrogram'].map((name) => [name, SOUND] as const),
  ...['AutoContrast', 'ContrastLimitedAdaptiveHistogramEqualization', 'Equalization', 'Solarization'].map(
    (name) => [name, PICTURE] as const,
  ),
  ['MaxNumBoundingBoxes', 'it works on boxes around objects, which are prepared before the model'],
])
