/** Kinds of files that are known but not supported, so that the message can name them and a way out. */
import { dirname } from 'node:path'
import { FormatError } from '../src/core/errors.js'
import type { ModelSource } from './source.js'
import { zipNames } from './zip/zip-names.js'

/** What a file is, and how to get something that can be read. */
export interface KnownKind {
  /** False for pictures, archives and other things that no version will ever take for a model. */
  readonly isModel: boolean
  /** Reads on after "is": `a TFLite file: not supported`. */
  readonly what: string
  readonly hint: string
}

/** @returns the kind, or `undefined` for a file of no known kind; never throws on what the file holds */
export function recognise(source: ModelSource): KnownKind | undefined {
  const looks: Looks = { source, text: textOf(source.head), zip: namesOf(source) }
  const kind = KINDS.find((candidate) => candidate.test(looks))
  if (kind === undefined) return undefined
  return { isModel: !/not (a|the) model/.test(kind.what), what: kind.what, hint: hintOf(kind.hint, source) }
}

/** What the rows of the table look at. */
interface Looks {
  readonly source: ModelSource
  /** First bytes, one character each. */
  readonly text: string
  /** Names in a zip archive; none for other files. */
  readonly zip: readonly string[]
}

type Row = { readonly what: string; readonly hint: string | ((source: ModelSource) => string); readonly test: Test }
type Test = (looks: Looks) => boolean

const SAVED_MODEL = 'convert it: python -m tf2onnx.convert --saved-model FILE --output model.onnx'
const GRAPH_DEF = 'convert it: python -m tf2onnx.convert --graphdef FILE --inputs ... --outputs ... --output model.onnx'
const TFLITE = 'convert it: python -m tf2onnx.convert --tflite FILE --output model.onnx'
const CODE = 'load it in the program that made it and export it as ONNX: only that program has the code'
const CONVERTED = 'use the model that it was made from, as ONNX'
const NEEDED = 'name the model file itself'

/** Surest first. */
const KINDS: readonly Row[] = [
  {
    what: 'a Git LFS pointer, not the model itself',
    hint: 'fetch the file: git lfs pull',
    test: starts('version https://git-lfs'),
  },
  {
    what: 'a web page, not a model',
    hint: 'download the file itself (the "raw" link)',
    test: matches(/^\s*<(!doctype html|html)/i),
  },
  { what: 'a NumPy archive, not a model', hint: NEEDED, test: zipHas(/\.npy$/) },
  {
    what: 'a damaged Keras archive: it has no config.json and model.weights.h5',
    hint: 'download or save the model again',
    test: (looks) => named(/\.keras$/)(looks) && starts('PK\x03\x04')(looks),
  },
  {
    what: 'a broken zip archive, not a model: its directory, which stands at the end, cannot be read',
    hint: 'download or save the model again',
    test: (looks) => starts('PK\x03\x04')(looks) && looks.zip.length === 0,
  },
  { what: 'a zip archive, not a model', hint: 'unpack it and name the model inside', test: starts('PK\x03\x04') },
  {
    what: 'a TensorFlow SavedModel in text form: not supported',
    hint: SAVED_MODEL,
    test: holds(/^saved_model\.pbtxt$/),
  },
  {
    what: 'a Core ML package: not supported',
    hint: CONVERTED,
    test: (looks) => named(/\.mlpackage$/)(looks) && holds(/^Manifest\.json$/)(looks),
  },
  {
    what: 'a folder of TensorFlow checkpoints: not supported',
    hint: 'save it as a SavedModel: tf.saved_model.save(model, path)',
    test: holds(/^(checkpoint|.*\.ckpt.*\.index)$/),
  },
  { what: 'a directory, not a model', hint: modelInside, test: (looks) => looks.source.kind === 'directory' },
  { what: 'a TFLite file: not supported', hint: TFLITE, test: has(4, 'TFL3') },
  {
    what: 'an ORT-format file: not supported',
    hint: 'name the .onnx file that it was made from',
    test: has(4, 'ORTM'),
  },
  { what: 'a GGUF file: not supported', hint: CONVERTED, test: starts('GGUF') },
  { what: 'a GGML file: not supported', hint: CONVERTED, test: matches(/^(lmgg|tjgg|fmgg)/) },
  {
    what: 'a Python pickle: never opened, since it could run code',
    hint: CODE,
    test: isPickle,
  },
  { what: 'a NumPy array, not a model', hint: NEEDED, test: starts('\x93NUMPY') },
  { what: 'an R data file, not a model', hint: NEEDED, test: matches(/^RDX[23]/) },
  { what: 'a TensorRT engine: not supported', hint: CONVERTED, test: matches(/^(ptrt|ftrt)/) },
  { what: 'an OpenVINO IR file: not supported', hint: CONVERTED, test: matches(/^\s*(<\?xml[^>]*>\s*)?<net\s/) },
  { what: 'an ncnn parameter file: not supported', hint: CONVERTED, test: starts('7767517') },
  {
    what: 'a TensorFlow.js model: not supported',
    hint: CONVERTED,
    test: matches(/^\s*\{[\s\S]{0,400}"(modelTopology|weightsManifest|graph-model|layers-model)"/),
  },
  {
    what: 'a TensorFlow SavedModel in text form: not supported',
    hint: (source) => SAVED_MODEL.replace('FILE', () => dirname(source.path)),
    test: named(/^saved_model\.pbtxt$/),
  },
  { what: 'a TensorFlow graph: not supported', hint: GRAPH_DEF, test: isGraphDef },
  { what: 'a Core ML file: not supported', hint: CONVERTED, test: named(/\.(mlmodel|mlpackage)$/) },
  { what: 'a Caffe file: not supported', hint: CONVERTED, test: named(/\.(caffemodel|prototxt)$/) },
  {
    what: 'a PaddlePaddle file: not supported',
    hint: 'convert it: paddle2onnx',
    test: named(/\.(pdmodel|pdiparams|pdparams)$/),
  },
  { what: 'a Darknet file: not supported', hint: CONVERTED, test: named(/\.weights$/) },
  { what: 'an MXNet file: not supported', hint: CONVERTED, test: named(/-symbol\.json$|-\d{4}\.params$/) },
  { what: 'a gzip archive, not a model', hint: 'unpack it and name the model inside', test: starts('\x1f\x8b') },
  { what: 'a tar archive, not a model', hint: 'unpack it and name the model inside', test: has(257, 'ustar') },
  {
    what: 'a compressed file, not a model',
    hint: 'unpack it and name the model inside',
    test: matches(/^(\xfd7zXZ|BZh|\x28\xb5\x2f\xfd|7z\xbc\xaf)/),
  },
  {
    what: 'a picture, not a model',
    hint: 'the model comes first; pictures follow --images',
    test: matches(/^(\x89PNG|\xff\xd8\xff|GIF8|RIFF....WEBP|II\*|BM....)/),
  },
  { what: 'a PDF document, not a model', hint: NEEDED, test: starts('%PDF') },
]

function starts(signature: string): Test {
  return has(0, signature)
}

function has(offset: number, signature: string): Test {
  return ({ text }) => text.startsWith(signature, offset)
}

function matches(pattern: RegExp): Test {
  return ({ text }) => pattern.test(text)
}

function zipHas(pattern: RegExp): Test {
  return ({ zip }) => zip.some((name) => pattern.test(name))
}

function holds(pattern: RegExp): Test {
  return ({ source }) => source.entries.some((name) => pattern.test(name))
}

function named(pattern: RegExp): Test {
  return ({ source }) => pattern.test(source.path.replace(/^.*[\\/]/, ''))
}

/** Protocol 2 to 5, then the first instruction. */
function isPickle({ text }: Looks): boolean {
  const [mark = 0, protocol = 0] = [text.charCodeAt(0), text.charCodeAt(1)]
  return mark === 0x80 && protocol >= 2 && protocol <= 5
}

/** Field 1 is a list of nodes that begin with their names. */
function isGraphDef({ source, text }: Looks): boolean {
  return /\.pb(txt)?$/.test(source.path) && /^\n[\s\S]{1,3}\n[\s\S][\w./-]/.test(text)
}

function modelInside(source: ModelSource): string {
  const models = source.entries.filter((name) => /\.onnx$/i.test(name))
  if (models.length === 0) return 'name the model file inside it'
  const more = models.length > 3 ? ` or one of ${models.length - 3} more` : ''
  return `name the model inside it: ${models.slice(0, 3).join(', ')}${more}`
}

function hintOf(hint: Row['hint'], source: ModelSource): string {
  return typeof hint === 'string' ? hint.replace('FILE', () => source.path) : hint(source)
}

/** Signatures lie in the first bytes. */
function textOf(head: Uint8Array): string {
  return Buffer.from(head.subarray(0, 4096)).toString('latin1')
}

function namesOf(source: ModelSource): string[] {
  try {
    return zipNames(source)
  } catch (cause) {
    if (cause instanceof FormatError) return []
    throw cause
  }
}
