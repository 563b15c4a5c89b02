/** `greenbench convert <model> <out.onnx>`: any model with a graph as an ONNX file. */
import { type Conversion, convertModel } from '../../benchmarks/conversion.js'
import { loadPlugins } from '../../benchmarks/plugins.js'
import { EXIT } from './failure.js'
import { watchInterruption } from './interruption.js'
import { inputShapes, openOptions } from './model-input.js'
import type { Settings } from './option-definition.js'
import { CONVERT_OPTIONS } from './options/convert-options.js'
import { checkOutputs, showResult } from './output-choice.js'
import type { GivenValues } from './program.js'
import { readOptions } from './read-options.js'
import { fileSources, modelSources } from './sources.js'
import { styleOf, type Terminal, widthOf, write } from './terminal.js'

type ConvertSettings = Settings<typeof CONVERT_OPTIONS>

/** @returns the exit code */
export async function convertCommand(
  path: string,
  target: string,
  given: GivenValues,
  terminal: Terminal,
): Promise<number> {
  const { settings } = await readOptions(CONVERT_OPTIONS, given, terminal)
  // The model itself may be replaced, by --force.
  await checkOutputs(settings, [...modelSources([path, target]), ...fileSources(settings.plugin ?? [])])
  const conversion = await convert(path, target, settings, terminal)
  const forms = {
    json: async () => `${JSON.stringify(conversion, undefined, 2)}\n`,
    table: async () => {
      const { conversionText } = await import('../results/conversion-text.js')
      return conversionText(conversion, widthOf(terminal), styleOf(terminal, 'stdout', settings.color !== false))
    },
  }
  await showResult(settings, forms, terminal)
  return EXIT.success
}

/** Ctrl-C leaves nothing behind. */
async function convert(
  path: string,
  target: string,
  settings: ConvertSettings,
  terminal: Terminal,
): Promise<Conversion> {
  const { formats } = await loadPlugins(settings.plugin)
  const model = await formats.open(path, openOptions(settings))
  const interruption = watchInterruption(() => {
    void write(terminal.stderr, 'interrupted: nothing is written; press Ctrl-C again to quit at once\n')
  })
  try {
    return await convertModel({
      model,
      target,
      force: settings.force === true,
      check: settings.check !== false,
      inputShapes: inputShapes(model, settings.input),
      signal: interruption.signal,
      ...(settings.externalData === undefined ? {} : { externalData: settings.externalData }),
    })
  } finally {
    interruption.close()
  }
}
