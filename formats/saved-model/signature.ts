/** Chooses which graph of a SavedModel to read, and which of its signatures. */
import { FormatError, UsageError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import type { MetaGraphProto, SavedModelProto, SignatureProto } from './saved-model-schema.js'

const DEFAULT_TAG = 'serve'
const DEFAULT_SIGNATURE = 'serving_default'
/** Signatures that only prepare the model. */
const INTERNAL = /^__saved_model_/

/** @throws {UsageError} `E_TAG` for a tag that is not there, `E_TAG_CHOICE` where one must be chosen */
export function chooseMetaGraph(
  { metaGraphs }: SavedModelProto,
  tag: string | undefined,
  path: string,
): MetaGraphProto {
  const [first] = metaGraphs
  if (first === undefined) {
    throw new FormatError('E_SAVED_MODEL_EMPTY', `${path} holds no graph`, { hint: 'save the model again' })
  }
  const wanted = tag ?? DEFAULT_TAG
  const found = metaGraphs.filter(
    ({ info }) => (info?.tags ?? []).join(',') === wanted || info?.tags.includes(wanted) === true,
  )
  const exact = found.find(({ info }) => (info?.tags ?? []).join(',') === wanted) ?? found[0]
  if (exact !== undefined) return exact
  if (tag === undefined && metaGraphs.length === 1) return first
  const known = metaGraphs.map(({ info }) => quoted((info?.tags ?? []).join(','))).join(', ')
  if (tag === undefined)
    throw new UsageError('E_TAG_CHOICE', `${path} holds several graphs`, { hint: `choose one with --tag: ${known}` })
  throw new UsageError('E_TAG', `${path} holds no graph with the tag ${quoted(tag)}`, { hint: `known: ${known}` })
}

/** A signature with its name. */
export interface ChosenSignature {
  readonly name: string
  readonly signature: SignatureProto
}

/** @throws {UsageError} `E_SIGNATURE` for a name that is not there, `E_SIGNATURE_CHOICE` where one must be chosen */
export function chooseSignature(
  { signatures }: MetaGraphProto,
  name: string | undefined,
  path: string,
): ChosenSignature {
  const real = signatures.filter(({ key = '', value }) => !INTERNAL.test(key) && (value?.outputs.length ?? 0) > 0)
  const known = real
    .map(({ key = '' }) => quoted(key))
    .sort()
    .join(', ')
  if (name !== undefined) {
    const named = real.find(({ key }) => key === name)?.value
    if (named !== undefined) return { name, signature: named }
    throw new UsageError('E_SIGNATURE', `${path} has no signature ${quoted(name)}`, {
      hint: known === '' ? 'it has none' : `known: ${known}`,
    })
  }
  const found = real.find(({ key }) => key === DEFAULT_SIGNATURE) ?? (real.length === 1 ? real[0] : undefined)
  if (found?.value !== undefined) return { name: found.key ?? '', signature: found.value }
  if (real.length === 0) {
    throw new FormatError(
      'E_SIGNATURE_MISSING',
      `${path} has no signature, so that nothing tells its inputs and outputs`,
      {
        hint: 'save it with one: tf.saved_model.save(model, path, signatures=function.get_concrete_function(...))',
      },
    )
  }
  throw new UsageError(
    'E_SIGNATURE_CHOICE',
    `${path} has several signatures, none of them ${quoted(DEFAULT_SIGNATURE)}`,
    {
      hint: `choose one with --signature: ${known}`,
    },
  )
}
