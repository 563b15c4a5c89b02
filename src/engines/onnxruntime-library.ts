/** Loads onnxruntime-node when the first model needs it; keeps its log off the terminal and it off the network. */
import { createRequire } from 'node:module'
import type * as onnxruntime from 'onnxruntime-node'
import { EngineError } from '../core/errors.js'

/** The module as Node gives it. */
export type OnnxRuntime = typeof onnxruntime

/**
 * Imports onnxruntime-node. Its log level counts only before the first session of the process, so it is set here:
 * everything worth knowing arrives as an exception as well.
 *
 * @throws {EngineError} `E_ENGINE_MISSING` where its native library is absent or does not load
 */
export async function loadOnnxRuntime(): Promise<OnnxRuntime> {
  // From 1.30 on its Linux builds report uses to their maker and leave files in the temporary folder; no network is asked here
  // unless the user asks. One who wants that sets the variable to 0. It is read when the library is loaded.
  process.env.ORT_DISABLE_TELEMETRY ??= '1'
  try {
    const library = await import('onnxruntime-node')
    library.env.logLevel = 'fatal'
    return library
  } catch (cause) {
    throw new EngineError('E_ENGINE_MISSING', `onnxruntime-node does not load on this machine: ${reason(cause)}`, {
      hint: 'install it again (npm install onnxruntime-node); it runs on Linux, macOS and Windows, x64 and arm64',
      cause,
    })
  }
}

/** @returns the installed version, e.g. `1.30.0` */
export function onnxRuntimeVersion(library: OnnxRuntime): string {
  return library.env.versions.node ?? library.env.versions.common
}

/**
 * Execution providers that this build of onnxruntime-node knows, e.g. `cpu`, `cuda`. Being known does not mean that
 * the provider's own libraries are there: only opening a session tells.
 */
export function executionProviders(library: OnnxRuntime): readonly string[] {
  return library.listSupportedBackends().map((backend) => backend.name)
}

/** @returns the folder of the native library, for messages that say where to put a provider's files */
export function onnxRuntimeFolder(): string {
  return createRequire(import.meta.url)
    .resolve('onnxruntime-node/package.json')
    .replace(/package\.json$/, '')
}

const reason = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0]?.slice(0, 300) ?? ''
