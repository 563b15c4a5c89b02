/** What can be told of an engine on this machine: whether it runs, its version, and what it could run on. */
import { GreenbenchError } from '../core/errors.js'
import { GraphBuilder } from '../graph/builder.js'
import { writeOnnx } from '../graph/onnx-writer.js'
import type { EngineName } from './engine-names.js'
import { explainEngineError } from './onnxruntime-error.js'
import { loadOnnxRuntime, type OnnxRuntime, onnxRuntimeVersion } from './onnxruntime-library.js'
import { loadTfjs, type TfjsEngineName } from './tfjs/library.js'

/** Whether something can be used here, and if not, why and what helps. */
export interface Usability {
  readonly isUsable: boolean
  readonly reason?: string
  readonly fix?: string
}

/** What an execution provider of onnxruntime can do here. */
export interface ProviderFacts extends Usability {
  readonly name: string
  /** Comes with onnxruntime-node; others need libraries of their own beside it. */
  readonly isBundled: boolean
}

/** One engine on this machine. */
export interface EngineFacts extends Usability {
  readonly name: EngineName
  readonly version?: string
  /** What it would run with, by the engine's own names. */
  readonly options?: Readonly<Record<string, string | number | boolean>>
  /** Of onnxruntime: those that this build knows, each tried with a model of one node. */
  readonly executionProviders?: readonly ProviderFacts[]
}

/** Loads the engine's libraries into this process. Never throws. */
export async function engineFacts(name: EngineName): Promise<EngineFacts> {
  try {
    return name === 'onnxruntime' ? await onnxRuntimeFacts() : await tfjsFacts(name)
  } catch (cause) {
    return { name, ...refusalOf(cause) }
  }
}

async function onnxRuntimeFacts(): Promise<EngineFacts> {
  const library = await loadOnnxRuntime()
  const executionProviders: ProviderFacts[] = []
  for (const { name, bundled } of library.listSupportedBackends()) {
    executionProviders.push({ name, isBundled: bundled, ...(await tryProvider(library, name)) })
  }
  return { name: 'onnxruntime', isUsable: true, version: onnxRuntimeVersion(library), executionProviders }
}

async function tryProvider(library: OnnxRuntime, name: string): Promise<Usability> {
  try {
    const session = await library.InferenceSession.create(oneNode(), {
      executionProviders: [name],
      logSeverityLevel: 4,
    })
    await session.release()
    return { isUsable: true }
  } catch (cause) {
    const { message, hint } = explainEngineError(cause, 'a model', 'load')
    return {
      isUsable: false,
      reason: message.replace(/^cannot load a model: /, ''),
      ...(hint === undefined ? {} : { fix: hint }),
    }
  }
}

function oneNode(): Uint8Array {
  const builder = new GraphBuilder('probe')
  const x = builder.input('x', 'float32', [1])
  return writeOnnx(builder.output(builder.node('Relu', [x]), 'float32', [1]).build())
}

async function tfjsFacts(name: TfjsEngineName): Promise<EngineFacts> {
  const { version, options } = await loadTfjs(name, 0)
  return { name, isUsable: true, version, options }
}

function refusalOf(cause: unknown): Usability {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const hint = cause instanceof GreenbenchError ? cause.hint : undefined
  return { isUsable: false, reason, ...(hint === undefined ? {} : { fix: hint }) }
}
