/** Finds out what to run a model on: the images given, or made-up values when the caller wants those. */
import type { Model } from '../formats/format.js'
import { UsageError } from '../src/core/errors.js'
import { findImageInput } from '../src/images/find-image-input.js'
import { listImages } from '../src/images/list-images.js'
import { parseNormalization } from '../src/images/normalization.js'
import { bindInputs } from '../src/operators/bindings.js'
import type { Clock } from './clock.js'
import { imageSource } from './image-source.js'
import { readLabels } from './labels.js'
import type { InferenceOptions } from './options.js'
import type { InputSource } from './prepared-inputs.js'
import { DEFAULTS } from './protocol-plan.js'
import { syntheticSource } from './synthetic-source.js'

/**
 * @throws {UsageError} `E_NO_INPUT` when neither images nor synthetic values are asked for, `E_TWO_INPUTS` when both are;
 *   and what listing images, reading labels and finding the image input throw
 */
export async function chooseInputs(model: Model, options: InferenceOptions, clock: Clock): Promise<InputSource> {
  const { images, synthetic, inputShapes } = options
  const seed = options.seed ?? DEFAULTS.seed
  if (images !== undefined && synthetic === true) {
    throw new UsageError('E_TWO_INPUTS', 'images and synthetic input exclude each other', {
      hint: 'leave out --images or --synthetic',
    })
  }
  // Sizes for an input that is not there, or that do not fit, are refused before anything is listed or decoded.
  bindInputs(model.inputs, { inputShapes })
  if (images !== undefined) return imagesFor(model, images, options, { seed, clock })
  if (synthetic === true) return syntheticSource(model.inputs, { inputShapes, seed, unused: imageOptionsIn(options) })
  throw new UsageError('E_NO_INPUT', 'there is nothing to run the model on', {
    hint: 'give a folder of images with --images, or run on random values with --synthetic',
  })
}

/** @returns names of options that mean nothing without images */
function imageOptionsIn({ labels, resize, normalize, layout, channelOrder, strict, limit }: InferenceOptions) {
  const given = { labels, resize, normalize, layout, channelOrder, strict, limit }
  return Object.entries(given).flatMap(([name, value]) => (value === undefined || value === false ? [] : [name]))
}

async function imagesFor(
  model: Model,
  folder: string,
  options: InferenceOptions,
  more: { readonly seed: number; readonly clock: Clock },
): Promise<InputSource> {
  const { layout, channelOrder, inputShapes, limit, normalize, resize, strict, labels, signal, onProgress } = options
  const input = findImageInput(model.inputs, {
    ...(layout === undefined ? {} : { layout }),
    ...(channelOrder === undefined ? {} : { channelOrder }),
    ...(inputShapes === undefined ? {} : { inputShapes }),
  })
  return imageSource({
    input,
    files: await listImages(folder, {
      ...(limit === undefined ? {} : { limit }),
      ...(signal === undefined ? {} : { signal }),
    }),
    normalization: normalize === undefined ? undefined : parseNormalization(normalize),
    labels: labels === undefined ? undefined : await readLabels(labels),
    versions: await decoderVersions(),
    resize,
    strict,
    signal,
    onProgress,
    ...more,
  })
}

/** Pixels depend on the version of the decoder. */
export async function decoderVersions(): Promise<Record<string, string>> {
  const { sharp, vips } = (await import('sharp')).default.versions
  return { ...(sharp === undefined ? {} : { sharp }), vips }
}
