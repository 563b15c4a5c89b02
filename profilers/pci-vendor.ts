/** Whether a maker's device sits on the PCI bus, whatever driver it has. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { textIfThere } from './device-file.js'

/** @param vendor - as in `/sys/bus/pci/devices/.../vendor`, e.g. `0x10de` */
export function hasPciVendor(root: string, vendor: string): boolean {
  const folder = join(root, 'sys/bus/pci/devices')
  try {
    return readdirSync(folder).some((device) => textIfThere(join(folder, device, 'vendor')) === vendor)
  } catch {
    // No bus, no device.
    return false
  }
}

/** Whether NVIDIA's boards, or their driver, show anywhere; Windows shows neither in files, so that they may be there. */
export function mayHaveNvidia(root: string): boolean {
  const isShown = hasPciVendor(root, NVIDIA) || existsSync(join(root, 'proc/driver/nvidia'))
  return isShown || existsSync(join(root, 'usr/lib/wsl/lib')) || process.platform === 'win32'
}

/** PCI vendor of NVIDIA. */
export const NVIDIA = '0x10de'
