/** How 8-bit pixels become the numbers a model was trained on. */
import { UsageError } from '../core/errors.js'
import { type DataType, isFloat } from '../graph/data-type.js'
import type { ImageInput, Normalization } from './image-input.js'

/**
 * Named ways to normalise. `mean` and `standardDeviation` are those of red, green and blue, whatever the channel order.
 *
 * - `imagenet`: 0..1, less the mean and over the deviation of ImageNet, as torchvision and timm have it
 * - `tf`: -1..1, as TensorFlow's MobileNet and Inception have it
 * - `none`: 0..255 as decoded
 *
 * @see https://pytorch.org/vision/stable/models.html
 * @see https://www.tensorflow.org/api_docs/python/tf/keras/applications/imagenet_utils/preprocess_input
 */
export const NORMALIZATIONS: Readonly<Record<'imagenet' | 'tf' | 'none', Normalization>> = {
  imagenet: {
    name: 'imagenet',
    scale: 1 / 255,
    mean: [0.485, 0.456, 0.406],
    standardDeviation: [0.229, 0.224, 0.225],
  },
  tf: { name: 'tf', scale: 1 / 127.5, mean: [1], standardDeviation: [1] },
  none: { name: 'none', scale: 1, mean: [0], standardDeviation: [1] },
}

const HINT =
  'give imagenet, tf, none, or mean and deviation on the 0..1 scale: 0.5,0.5 or 0.48,0.46,0.41,0.27,0.26,0.28'

/**
 * Reads the option `--normalize`.
 *
 * @param text - a name of `NORMALIZATIONS`, or numbers on the 0..1 scale: `mean,deviation` or three of each
 * @throws {UsageError} `E_NORMALIZE`
 */
export function parseNormalization(text: string): Normalization {
  const name = text.trim().toLowerCase()
  if (name === 'imagenet' || name === 'tf' || name === 'none') return NORMALIZATIONS[name]
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const half = numbers.length / 2
  const [mean, standardDeviation] = [numbers.slice(0, half), numbers.slice(half)]
  const isWhole = half === 1 || half === 3
  if (!isWhole || !numbers.every(Number.isFinite) || !standardDeviation.every((value) => value > 0)) {
    throw new UsageError('E_NORMALIZE', `cannot read the normalisation "${text}"`, { hint: HINT })
  }
  return { name: text.trim(), scale: 1 / 255, mean, standardDeviation }
}

/** @returns what is taken when the user says nothing: `imagenet` for floating point, `none` for integers */
export const defaultNormalization = (dtype: DataType): Normalization =>
  isFloat(dtype) ? NORMALIZATIONS.imagenet : NORMALIZATIONS.none

/**
 * The number for each 8-bit value, one table of 256 per channel of the tensor, in the tensor's channel order.
 *
 * Every step is rounded to single precision, as torchvision's `ToTensor` and `Normalize` do, so that results are equal.
 * Grey channels take the mean over the colours' means and deviations; alpha is only scaled. An int8 input takes
 * `value - 128`, as quantised models with zero point -128 do.
 *
 * @throws {UsageError} `E_NORMALIZE` when an integer input is to take fractions
 */
export function normalizedValues(input: ImageInput, normalization: Normalization): readonly Float64Array[] {
  const { scale, mean, standardDeviation } = normalization
  const isRaw = scale === 1 && mean.every((value) => value === 0) && standardDeviation.every((value) => value === 1)
  if (!isFloat(input.dtype) && !isRaw) {
    throw new UsageError('E_NORMALIZE', `input ${input.name} is ${input.dtype} and cannot take ${normalization.name}`, {
      hint: 'give --normalize none',
    })
  }
  const offset = input.dtype === 'int8' ? -128 : 0
  const single = Math.fround
  return channelColours(input).map((colour) => {
    const [middle, spread] = [single(valueFor(mean, colour, 0)), single(valueFor(standardDeviation, colour, 1))]
    return Float64Array.from({ length: 256 }, (_, value) => {
      return single(single(single(value / (1 / scale)) - middle) / spread) + offset
    })
  })
}

type Colour = 0 | 1 | 2 | 'grey' | 'alpha'

/** @returns the colour that each channel of the tensor holds */
export function channelColours({ channels, channelOrder }: ImageInput): readonly Colour[] {
  if (channels === 1) return ['grey']
  const colours: readonly Colour[] = channelOrder === 'BGR' ? [2, 1, 0] : [0, 1, 2]
  return channels === 4 ? [...colours, 'alpha'] : colours
}

function valueFor(values: readonly number[], colour: Colour, alpha: number): number {
  if (colour === 'alpha') return alpha
  const average = values.reduce((sum, value) => sum + value, 0) / values.length
  return colour === 'grey' ? average : (values[colour] ?? average)
}
