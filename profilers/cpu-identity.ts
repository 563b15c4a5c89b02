/** Which processors this machine has, from `/proc/cpuinfo` or, elsewhere, from what Node is told. */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import type { CpuIdentity } from './cpu-power-model.js'

/** A machine with more has the rest counted from `/proc/stat`; a longer file is no cpuinfo. */
const MOST_BYTES = 16 << 20

/** @param root - folder that stands for `/` */
export function readCpuIdentity(root = '/'): CpuIdentity {
  let text: string
  try {
    text = readFileSync(join(root, 'proc/cpuinfo'), 'utf8').slice(0, MOST_BYTES)
  } catch {
    // Not Linux: Node asks the system.
    return identityFromNode()
  }
  return parseCpuinfo(text)
}

/** @param text - contents of `/proc/cpuinfo` */
export function parseCpuinfo(text: string): CpuIdentity {
  const field = (name: string): string | undefined => new RegExp(`^${name}\\s*:[ \\t]*(.*)$`, 'm').exec(text)?.[1]
  const packages = new Set([...text.matchAll(/^physical id\s*:\s*(\d+)$/gm)].map((match) => match[1]))
  const [family, model, stepping] = ['cpu family', 'model', 'stepping'].map((name) => wholeNumber(field(name)))
  const armPart = wholeNumber(field('CPU part'))
  return {
    modelName: (field('model name') ?? field('Model') ?? field('Hardware') ?? '').slice(0, 200),
    threads: Math.max(1, [...text.matchAll(/^processor\s*:/gm)].length),
    packages: Math.max(1, packages.size),
    ...(family === undefined ? {} : { family }),
    ...(model === undefined ? {} : { model }),
    ...(stepping === undefined ? {} : { stepping }),
    ...(armPart === undefined ? {} : { armPart }),
  }
}

function identityFromNode(): CpuIdentity {
  const list = cpus()
  return { modelName: list[0]?.model ?? '', threads: list.length || availableParallelism(), packages: 1 }
}

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^(0x[\da-f]+|\d+)$/i.test(text.trim()) ? Number(text.trim()) : undefined
