/** Stands for an engine that cannot run a SavedModel, since only TensorFlow itself can: loading gives the reason and a way out. */
import type { TensorFlowFolder } from '../../formats/format.js'
import { UnsupportedError } from '../core/errors.js'
import type { Engine } from './engine.js'
import type { EngineName } from './engine-names.js'
import { type ProbeEngine, probeEngine } from './probe-engines.js'

/**
 * @param name - of the engine that was asked for
 * @param probe - another way to find out whether tfjs-node can be used, for tests
 */
export function refusingEngine(name: EngineName, { refusal }: TensorFlowFolder, probe?: ProbeEngine): Engine {
  return { name, load: () => refuse(refusal, probe) }
}

async function refuse(refusal: UnsupportedError, probe: ProbeEngine | undefined): Promise<never> {
  const { isUsable, fix } = await probeEngine('tfjs-node', probe)
  const others = refusal.hint === undefined ? '' : `${refusal.hint}; `
  const hint = isUsable
    ? 'TensorFlow itself can run it: --engine tfjs-node'
    : `${others}TensorFlow itself could run it with --engine tfjs-node (${fix ?? 'greenbench detect tells why it does not load'})`
  throw new UnsupportedError(refusal.code, refusal.message, { hint, cause: refusal })
}
