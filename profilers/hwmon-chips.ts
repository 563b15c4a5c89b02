/**
 * Finds the chips of Linux hwmon and their files.
 *
 * @see https://docs.kernel.org/hwmon/sysfs-interface.html
 */
import { readdirSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { errorCode, readDeviceText, textIfThere } from './device-file.js'

/** One folder `hwmonN`. */
export interface HwmonChip {
  /** Its driver's name for it, e.g. `amdgpu`. */
  readonly name: string
  readonly folder: string
  /** The device behind it, e.g. the PCI address `0000:03:00.0`; its folder's name where it has none. */
  readonly device: string
  /** Names of the files in the folder. */
  readonly files: readonly string[]
}

/** More than any machine has. */
const MOST_CHIPS = 512

/** @returns the chips in the order of their numbers; none where there is no hwmon */
export function readHwmonChips(root: string): readonly HwmonChip[] {
  const folder = join(root, 'sys/class/hwmon')
  return filesIn(folder)
    .filter((entry) => /^hwmon\d{1,4}$/.test(entry))
    .sort((one, other) => Number(one.slice(5)) - Number(other.slice(5)))
    .slice(0, MOST_CHIPS)
    .flatMap((entry) => {
      const name = textIfThere(join(folder, entry, 'name'))
      if (name === undefined) return []
      return [
        { name, folder: join(folder, entry), device: deviceOf(folder, entry), files: filesIn(join(folder, entry)) },
      ]
    })
}

/** @returns the first of the files that the chip has */
export function firstFile({ files }: HwmonChip, ...names: readonly string[]): string | undefined {
  return names.find((name) => files.includes(name))
}

/** @returns the label of an attribute, e.g. of `power1_input` in `power1_label` */
export function labelOf(chip: HwmonChip, file: string): string | undefined {
  const text = textIfThere(join(chip.folder, file.replace(/_[a-z]+$/, '_label')))
  return text === undefined || text === '' ? undefined : text.slice(0, 60)
}

/** Why a file of a chip cannot be read, with the command that opens it; `undefined` when it can. */
export function problemOf(path: string): { readonly reason: string; readonly fix?: string } | undefined {
  try {
    readDeviceText(path)
    return undefined
  } catch (error) {
    const code = errorCode(error)
    const reason = `cannot read ${path} (${code})`
    return code === 'EACCES' || code === 'EPERM' ? { reason, fix: `sudo chmod a+r ${path}` } : { reason }
  }
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    // A folder that is not there has no files.
    return []
  }
}

function deviceOf(folder: string, entry: string): string {
  try {
    return basename(realpathSync(join(folder, entry, 'device')))
  } catch {
    // Virtual chips have no device.
    return entry
  }
}
