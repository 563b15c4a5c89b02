/** Any model that has a graph, written as ONNX and checked before it takes its place. */
import { basename, extname, resolve } from 'node:path'
import { ModelFactory } from '../formats/factory.js'
import type { Model } from '../formats/format.js'
import { UnsupportedError, UsageError } from '../src/core/errors.js'
import type { ModelRecord } from '../src/core/record.js'
import type { ModelGraph } from '../src/graph/graph.js'
import { writeOnnxFile } from '../src/graph/onnx-writer.js'
import { type ConversionCheck, checkConversion } from './conversion-check.js'
import { describeModel } from './model-record.js'
import { makeFiles, type WrittenFile } from './new-files.js'
import { openOptions } from './open-options.js'
import { greenbenchVersion, ownVersions } from './versions.js'

/** Options of `convertModel`. */
export interface ConversionOptions {
  /** An opened model, or the path of one. */
  readonly model: Model | string
  /** Path of the ONNX file to write. */
  readonly target: string
  /** Finds the format of a path; the predefined formats when absent. */
  readonly formats?: ModelFactory
  /** Weights go into a second file, `<target>.data`; when absent, only if the model is over 2 GiB. */
  readonly externalData?: boolean
  /** Replace files that stand there. */
  readonly force?: boolean
  /** `false` writes the file without loading it in onnxruntime. */
  readonly check?: boolean
  /** Sizes of inputs in the check, where the model leaves more than the batch free. */
  readonly inputShapes?: ReadonlyMap<string, readonly number[]>
  readonly signal?: AbortSignal
}

/** What became of a model. */
export interface Conversion {
  readonly kind: 'conversion'
  /** The model that was read. */
  readonly source: ModelRecord
  /** The files written, the model first. */
  readonly files: readonly WrittenFile[]
  /** Operator sets of the ONNX file, by domain; the standard one is `''`. */
  readonly opset: Readonly<Record<string, number>>
  readonly check: ConversionCheck
  readonly versions: Readonly<Record<string, string>>
}

/**
 * Writes a model as ONNX. The file appears at its place after it has passed its check; weights are read one at a time.
 *
 * @throws {UsageError} `E_TARGET` for a name that does not end in `.onnx`, `E_FILE_EXISTS`
 * @throws {UnsupportedError} `E_NO_GRAPH` for models without one; what the engine says of a file that it cannot load
 * @throws {GreenbenchError} `E_WRITE_FAILED`; everything that reading the model throws
 */
export async function convertModel(options: ConversionOptions): Promise<Conversion> {
  const { externalData, signal, force = false } = options
  const target = targetOf(options.target)
  const { files, source, opset, check } = await makeFiles(target, force, async (path) => {
    const model = await openModel(options)
    const graph = exportedGraph(model)
    const paths = await writeOnnxFile(graph, path, {
      ...(externalData === undefined ? {} : { externalData }),
      ...(signal === undefined ? {} : { signal }),
    })
    const result = await checkConversion(model, path, options)
    return {
      paths,
      check: result,
      opset: Object.fromEntries(graph.opsets),
      source: await describeModel(model, { hash: false }),
    }
  })
  return { kind: 'conversion', source, files, opset, check, versions: ownVersions() }
}

function targetOf(path: string): string {
  if (extname(path).toLowerCase() === '.onnx') return resolve(path)
  throw new UsageError('E_TARGET', `cannot write ${path}: only ONNX is written`, {
    hint: 'end the name of the new file in .onnx',
  })
}

async function openModel({ model, formats, signal, inputShapes }: ConversionOptions): Promise<Model> {
  if (typeof model !== 'string') return model
  return (formats ?? ModelFactory.withPredefinedFormats()).open(model, openOptions({ signal, inputShapes }))
}

/** The graph as it is written: greenbench is what made the file, and the file says from what. */
function exportedGraph(model: Model): ModelGraph {
  const { graph } = model
  if (graph === undefined) {
    throw new UnsupportedError('E_NO_GRAPH', `${model.path}: ${model.whyNoGraph ?? 'its format gives no graph'}`, {
      hint: model.wayToGraph ?? 'only a model with a graph can be written as ONNX',
    })
  }
  const by = [graph.producer.name, graph.producer.version].filter((part) => part !== '').join(' ')
  const origin = `${model.format}${by === '' || by === model.format ? '' : `, written by ${by}`}`
  return {
    ...graph,
    producer: { name: 'greenbench', version: greenbenchVersion() },
    docString: [`Converted from ${basename(model.path)} (${origin})`, graph.docString ?? ''].join('\n').trimEnd(),
    // The standard asks for a name.
    main: graph.main.name === '' ? { ...graph.main, name: model.name } : graph.main,
  }
}
