/** `greenbench detect`: what can be used on this machine, and what the rest needs. */
import { userInfo } from 'node:os'
import { detectMachine, type Findings } from '../../benchmarks/detection.js'
import { loadPlugins } from '../../benchmarks/plugins.js'
import { greenbenchVersion } from '../../benchmarks/versions.js'
import { UnsupportedError } from '../core/errors.js'
import { EXIT } from './failure.js'
import { DETECT_OPTIONS } from './options/detect-options.js'
import { checkOutputs, showResult } from './output-choice.js'
import type { GivenValues } from './program.js'
import { readOptions } from './read-options.js'
import { fileSources } from './sources.js'
import { styleOf, type Terminal, widthOf, write } from './terminal.js'

/** @returns the exit code: 0 also where nothing can be used, since that is what was asked */
export async function detectCommand(given: GivenValues, terminal: Terminal): Promise<number> {
  const { settings } = await readOptions(DETECT_OPTIONS, given, terminal)
  if (settings.fixPermissions === true) return await printRules(terminal)
  await checkOutputs(settings, fileSources([settings.powerLog, ...(settings.plugin ?? [])]))
  const { profilers: registry } = await loadPlugins(settings.plugin)
  const { gpu, powerLog, cpuTdp, sensorRoot: root } = settings
  const found: Findings = await detectMachine({
    ...(registry === undefined ? {} : { registry }),
    ...(gpu === undefined ? {} : { gpus: gpu }),
    ...(powerLog === undefined ? {} : { powerLog }),
    ...(root === undefined ? {} : { root }),
    ...(cpuTdp === undefined ? {} : { cpuTdp }),
  })
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

/** For `greenbench detect --fix-permissions | sudo sh`, after it was read. */
async function printRules(terminal: Terminal): Promise<number> {
  if (process.platform !== 'linux') {
    throw new UnsupportedError('E_PERMISSION_RULES', `there are no permissions to set up on ${process.platform}`, {
      hint: 'run as administrator where a sensor asks for it; greenbench detect tells which do',
    })
  }
  const { permissionRules } = await import('../../profilers/permission-rules.js')
  const user = terminal.environment.SUDO_USER ?? userInfo().username
  await write(terminal.stdout, permissionRules(user === 'root' ? undefined : user))
  return EXIT.success
}
