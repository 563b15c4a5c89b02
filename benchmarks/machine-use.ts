/** How much of a machine's CPU time and memory went to this process and its children, from two looks at it. */
import { machineLoad } from '../profilers/machine-load.js'
import { readProcessTree } from '../profilers/process-tree.js'

/** One look. */
export interface MachineUse {
  /** CPU seconds of all processors and all processes since the start of the system. */
  readonly busySeconds: number
  /** CPU seconds of this process and its descendants. */
  readonly treeSeconds: number
  /** Bytes of this process and its descendants; absent where not known. */
  readonly treeBytes?: number
  /** Bytes in use on the machine. */
  readonly usedBytes?: number
}

/**
 * @param root - folder that stands for `/`
 * @returns `undefined` where the system does not tell
 */
export function readMachineUse(pid = process.pid, root = '/'): MachineUse | undefined {
  const tree = readProcessTree(pid, root)
  if (tree === undefined) return undefined
  const load = machineLoad(root)
  try {
    const usedBytes = load.usedMemory()
    return {
      busySeconds: load.cpuTimes().busy,
      treeSeconds: tree.cpuSeconds,
      ...(tree.pssBytes === undefined ? {} : { treeBytes: tree.pssBytes }),
      ...(usedBytes === undefined ? {} : { usedBytes }),
    }
  } catch {
    // Without the machine's own times there is nothing to compare with.
    return undefined
  } finally {
    load.close()
  }
}
