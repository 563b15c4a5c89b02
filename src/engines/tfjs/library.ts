/**
 * Loads TensorFlow.js when a model asks for it, and makes sure that the backend that was asked for is the one that runs.
 *
 * The packages are optional: greenbench works without them, and says how to install what is absent.
 */
import { createRequire } from 'node:module'
import type * as tfjs from '@tensorflow/tfjs-core'
import { EngineError, UnsupportedError } from '../../core/errors.js'
import { restoreOldUtil } from './old-util.js'
import { silenced } from './silenced.js'

/** The operations of TensorFlow.js. */
export type Tfjs = typeof tfjs

/** Engines on TensorFlow.js: TensorFlow's native library, or WebAssembly. */
export type TfjsEngineName = 'tfjs-node' | 'tfjs-wasm'

/** A backend that is ready. */
export interface TfjsLibrary {
  readonly tf: Tfjs
  /** Name by which TensorFlow.js knows the backend: `tensorflow` or `wasm`. */
  readonly backend: string
  readonly version: string
  /** What was chosen beside the model, for the record. */
  readonly options: Readonly<Record<string, string | number | boolean>>
}

/** What loads modules; a test puts another one in its place. */
export type RequireModule = (name: string) => unknown

/** Packages that each engine needs, in the order in which they load. */
export const TFJS_PACKAGES: Readonly<Record<TfjsEngineName, readonly string[]>> = {
  'tfjs-node': ['@tensorflow/tfjs-node'],
  'tfjs-wasm': ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'],
}

const BACKENDS: Readonly<Record<TfjsEngineName, string>> = { 'tfjs-node': 'tensorflow', 'tfjs-wasm': 'wasm' }

/**
 * @param threads - 0 leaves the choice to the backend
 * @throws {EngineError} `E_ENGINE_MISSING` where a package is absent or does not load, `E_THREADS` for a number of
 *   threads that the backend cannot have, `E_BACKEND` when it does not become the backend that runs
 */
export async function loadTfjs(
  name: TfjsEngineName,
  threads: number,
  requireModule: RequireModule = createRequire(import.meta.url),
): Promise<TfjsLibrary> {
  const options = name === 'tfjs-node' ? nativeThreads(threads) : oneThread(threads)
  const modules = TFJS_PACKAGES[name].map((module) => loaded(name, module, requireModule))
  const tf = modules[0] as Tfjs
  const backend = BACKENDS[name]
  await activate(tf, backend, name)
  return { tf, backend, version: versionOf(tf, name), options: { backend, ...options, ...(await simdOf(tf, name)) } }
}

/**
 * Makes `backend` the one that runs; several engines of one process share the library's state.
 *
 * @throws {EngineError} `E_BACKEND` when another one stays: TensorFlow.js would go on with that one
 */
export async function activate(tf: Tfjs, backend: string, name: string): Promise<void> {
  // A backend that fails to start still counts as the current one by its name, so both answers are needed.
  const isReady = await startBackend(tf, backend)
  if (isReady && tf.getBackend() === backend) return
  throw new EngineError('E_BACKEND', `${name}: the backend ${backend} of TensorFlow.js does not start here`, {
    hint: 'greenbench detect shows which engines can be used',
  })
}

/** The library tells of a failure on the console; the error that follows says the same in one line. */
async function startBackend(tf: Tfjs, backend: string): Promise<boolean> {
  const speak = silenced()
  try {
    return await tf.setBackend(backend)
  } catch {
    return false // not registered: what was loaded is not what it should be
  } finally {
    speak()
  }
}

function loaded(name: TfjsEngineName, module: string, requireModule: RequireModule): unknown {
  restoreOldUtil()
  const speak = silenced()
  try {
    return requireModule(module)
  } catch (cause) {
    const packages = TFJS_PACKAGES[name].join(' ')
    const said = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '').slice(0, 300) : String(cause)
    const isAbsent = said.startsWith(`Cannot find module '${module}'`)
    throw new EngineError(
      'E_ENGINE_MISSING',
      isAbsent ? `engine ${name} needs ${module}, which is not installed` : `${module} does not load: ${said}`,
      { hint: `install it beside greenbench: npm install ${packages}`, cause },
    )
  } finally {
    speak()
  }
}

/** TensorFlow reads the number from the environment when its native library starts, and keeps it. */
function nativeThreads(threads: number): Record<string, string | number> {
  const running = process.env.TF_NUM_INTRAOP_THREADS
  if (threads > 0 && running !== String(threads)) {
    if (isNativeRunning()) {
      throw new UnsupportedError(
        'E_THREADS',
        `tfjs-node already runs in this process, with ${running ?? 'all'} threads`,
        {
          hint: 'TensorFlow fixes its threads when it starts: use a new process for another number',
        },
      )
    }
    process.env.TF_NUM_INTRAOP_THREADS = String(threads)
    process.env.TF_NUM_INTEROP_THREADS = '1'
  }
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3'
  return threads > 0 ? { TF_NUM_INTRAOP_THREADS: threads, TF_NUM_INTEROP_THREADS: 1 } : {}
}

const isNativeRunning = (): boolean =>
  Object.keys(createRequire(import.meta.url).cache).some((path) => path.endsWith('tfjs_binding.node'))

/** Its workers cannot start in Node, where TensorFlow.js switches them off (tfjs-backend-wasm 4.22). */
function oneThread(threads: number): Record<string, number> {
  if (threads <= 1) return { threadsUsed: 1 }
  throw new UnsupportedError('E_THREADS', `tfjs-wasm runs on one thread in Node, ${threads} were asked for`, {
    hint: 'leave out --threads, or give 1',
  })
}

async function simdOf(tf: Tfjs, name: TfjsEngineName): Promise<{ simd?: boolean }> {
  return name === 'tfjs-wasm' ? { simd: Boolean(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) } : {}
}

function versionOf(tf: Tfjs, name: TfjsEngineName): string {
  const versions: unknown = Reflect.get(tf, 'version')
  const own: unknown = typeof versions === 'object' && versions !== null ? Reflect.get(versions, name) : undefined
  return typeof own === 'string' ? own : tf.version_core
}
