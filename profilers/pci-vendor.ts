/** Whether a maker's device sits on the PCI bus, whatever driver it has. */
import { readdirSync } from 'node:fs'
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
