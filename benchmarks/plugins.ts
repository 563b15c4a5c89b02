/** Loads modules that add formats and profilers: the plugins of `--plugin`. */
import { pathToFileURL } from 'node:url'
import type { ModelFactory } from '../formats/factory.js'
import type { LayerConverter } from '../formats/keras/layer-call.js'
import type { ProfilerRegistry } from '../profilers/registry.js'
import { GreenbenchError, UsageError } from '../src/core/errors.js'

/** What the default export of a plugin is called with. */
export interface PluginRegistries {
  readonly formats: ModelFactory
  readonly profilers: ProfilerRegistry
  /** Adds a converter for a class of Keras layers, see `KerasLayerRegistry.register`. */
  registerKerasLayer(className: string, converter: LayerConverter): void
}

/** Default export of a plugin. */
export type Plugin = (registries: PluginRegistries) => void | Promise<void>

/** The predefined formats and profilers with those of the plugins. */
export interface LoadedRegistries {
  readonly formats: ModelFactory
  /** Only loaded for plugins, which may add some: inspecting needs none. */
  readonly profilers: ProfilerRegistry | undefined
}

/**
 * @param paths - absolute, in the order in which they register
 * @throws {UsageError} `E_PLUGIN` for a module that cannot be loaded or has no such default export
 */
export async function loadPlugins(paths: readonly string[] = []): Promise<LoadedRegistries> {
  const { ModelFactory } = await import('../formats/factory.js')
  const formats = ModelFactory.withPredefinedFormats()
  if (paths.length === 0) return { formats, profilers: undefined }
  const { ProfilerRegistry } = await import('../profilers/registry.js')
  const profilers = ProfilerRegistry.withPredefinedProfilers()
  const registerKerasLayer = (className: string, converter: LayerConverter): void => {
    formats.kerasLayers.register(className, converter)
  }
  for (const path of paths) await runPlugin(path, { formats, profilers, registerKerasLayer })
  return { formats, profilers }
}

async function runPlugin(path: string, registries: PluginRegistries): Promise<void> {
  const plugin = await importPlugin(path)
  try {
    await plugin(registries)
  } catch (cause) {
    if (cause instanceof GreenbenchError) throw cause
    throw new UsageError('E_PLUGIN', `plugin ${path} failed: ${messageOf(cause)}`, { cause })
  }
}

async function importPlugin(path: string): Promise<Plugin> {
  let exports: { readonly default?: unknown }
  try {
    exports = await import(pathToFileURL(path).href)
  } catch (cause) {
    throw new UsageError('E_PLUGIN', `cannot load the plugin ${path}: ${messageOf(cause)}`, {
      cause,
      hint: 'a plugin is an ES module (.mjs, or .js in a package with "type": "module")',
    })
  }
  if (typeof exports.default === 'function') return exports.default as Plugin
  throw new UsageError('E_PLUGIN', `plugin ${path} has no function as its default export`, {
    hint: 'export default ({ formats, profilers }) => { ... }',
  })
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
