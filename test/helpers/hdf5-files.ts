/** Writes HDF5 files as h5py does. */
import { File, type Group, ready } from 'h5wasm/node'

/** A group by its path from the root, `''` for the root itself. */
export interface WrittenGroup {
  readonly name: string
  readonly attributes: Readonly<Record<string, string | readonly string[]>>
  /** Names may hold groups: `dense/kernel`. */
  readonly datasets: readonly {
    readonly name: string
    readonly shape: readonly number[]
    readonly values: Float32Array | BigInt64Array
  }[]
}

/** Writes a file; groups come after those that hold them. */
export async function writeHdf5(path: string, groups: readonly WrittenGroup[]): Promise<void> {
  await ready
  const file = new File(path, 'w')
  try {
    for (const { name, attributes, datasets } of groups) {
      const group = groupAt(file, name)
      for (const [key, value] of Object.entries(attributes)) {
        group.create_attribute(key, typeof value === 'string' ? value : [...value], null, 'S')
      }
      for (const dataset of datasets) {
        const parts = dataset.name.split('/')
        const owner = groupAt(group, parts.slice(0, -1).join('/'))
        const dtype = dataset.values instanceof Float32Array ? '<f4' : '<q'
        owner.create_dataset({ name: parts.at(-1) ?? '', data: dataset.values, shape: [...dataset.shape], dtype })
      }
    }
  } finally {
    file.close()
  }
}

function groupAt(root: Group, path: string): Group {
  return path
    .split('/')
    .filter((name) => name !== '')
    .reduce(
      (group, name) => (group.keys().includes(name) ? (group.get(name) as Group) : group.create_group(name)),
      root,
    )
}
