/** `greenbench detect`: what can be used on this machine, and what the rest needs. */
import { detectMachine, type Findings } from '../../benchmarks/detection.js'
import { loadPlugins } from '../../benchmarks/plugins.js'
import { greenbenchVersion } from '../../benchmarks/versions.js'
import { EXIT } from './failure.js'
import { DETECT_OPTIONS } from './option-list.js'
import { checkOutputs, showResult } from './output-choice.js'
import type { GivenValues } from './program.js'
import { readOptions } from './read-options.js'
import { styleOf, type Terminal, widthOf } from './terminal.js'

/** @returns the exit code: 0 also where nothing can be used, since that is what was asked */
export async function detectCommand(given: GivenValues, terminal: Terminal): Promise<number> {
  const { settings } = await readOptions(DETECT_OPTIONS, given, terminal)
  await checkOutputs(settings)
  const { profilers: registry } = await loadPlugins(settings.plugin)
  const found: Findings = await detectMachine(registry === undefined ? {} : { registry })
  const forms = {
    json: async () => `${JSON.stringify({ greenbench: greenbenchVersion(), ...found }, undefined, 2)}\n`,
    table: async () => {
      const { detectionText } = await import('../results/detection-text.js')
      return detectionText(found, widthOf(terminal), styleOf(terminal, 'stdout', settings.color !== false))
    },
  }
  await showResult(settings, forms, terminal)
  return EXIT.success
}
