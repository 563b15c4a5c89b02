/** Walks a folder without leaving it, and keeps the names of the images it meets, within a bound. */
import type { Dirent } from 'node:fs'
import { open, opendir, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { fileSystemError, systemCode } from './file-error.js'
import { IMAGE_ENDINGS, imageTypeOf, OTHER_ENDINGS, SIGNATURE_BYTES } from './image-type.js'
import { byCodeUnits } from './pick-evenly.js'

/** Folders deeper than this are left out. */
const MAX_DEPTH = 64

/** One walk; names are relative to the root, with `/`. */
export class FolderWalk {
  /** Names held now. */
  kept = 0
  /** Entries that look like images or folders and were left out. */
  ignored = 0
  firstIgnored = ''
  private readonly named = new Map<string, string[]>()

  /**
   * @param root - real path of a folder
   * @param perClass - most names to keep for each class, the first ones in code-unit order
   */
  constructor(
    private readonly root: string,
    private readonly perClass: number,
    private readonly onIgnored: (name: string, reason: string) => void = () => {},
  ) {}

  /** @returns sorted names, class by class */
  classes(): readonly (readonly string[])[] {
    return [...this.named.values()].map((names) => names.sort(byCodeUnits).slice(0, this.perClass))
  }

  /** Walks on by one step each time, naming the folder it is in, so that the caller can stop it. */
  async *folders(): AsyncGenerator<string> {
    const open: string[] = ['']
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      let entries = 0
      for await (const entry of await this.entries(folder)) {
        const name = folder === '' ? entry.name : `${folder}/${entry.name}`
        if (await this.isFolder(name, entry)) open.push(name)
        else if (!entry.name.startsWith('.') && (await this.isImage(name, entry))) this.keep(name)
        if (++entries % 1024 === 0) yield folder
      }
      yield folder
    }
  }

  private async entries(folder: string) {
    return opendir(join(this.root, folder), { bufferSize: 256 }).catch((cause: unknown) => {
      throw fileSystemError(join(this.root, folder), cause)
    })
  }

  private async isFolder(name: string, entry: Dirent): Promise<boolean> {
    if (!entry.isDirectory() || entry.name.startsWith('.')) return false
    if (name.split('/').length <= MAX_DEPTH) return true
    this.ignore(name, `lies more than ${MAX_DEPTH} folders deep`)
    return false
  }

  private async isImage(name: string, entry: Dirent): Promise<boolean> {
    if (entry.isSymbolicLink()) return (await this.isLinkInside(name)) && (await this.looksLikeImage(name))
    return entry.isFile() && (await this.looksLikeImage(name))
  }

  private async isLinkInside(name: string): Promise<boolean> {
    try {
      const target = await realpath(join(this.root, name))
      const status = await stat(target)
      if (status.isDirectory()) return this.ignore(name, 'is a link to a folder')
      const isInside = target.startsWith(this.root.endsWith(sep) ? this.root : this.root + sep)
      return isInside ? status.isFile() : this.ignore(name, 'is a link that leads out of the folder')
    } catch (cause) {
      return this.ignore(name, `is a link that leads nowhere (${systemCode(cause)})`)
    }
  }

  private async looksLikeImage(name: string): Promise<boolean> {
    const ending = extname(name).toLowerCase()
    if (IMAGE_ENDINGS.has(ending)) return true
    return !OTHER_ENDINGS.has(ending) && (await this.startsLikeImage(name))
  }

  private async startsLikeImage(name: string): Promise<boolean> {
    try {
      await using handle = await open(join(this.root, name))
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(SIGNATURE_BYTES), 0, SIGNATURE_BYTES, 0)
      return imageTypeOf(buffer.subarray(0, bytesRead)) !== undefined
    } catch (cause) {
      return this.ignore(name, `cannot be read (${systemCode(cause)})`)
    }
  }

  private keep(name: string): void {
    const slash = name.indexOf('/')
    const label = slash < 0 ? '' : name.slice(0, slash)
    const names = this.named.get(label) ?? []
    names.push(name)
    this.kept++
    // Sorting only when twice as many are there keeps memory bounded at a cost of O(log n) per name.
    if (names.length >= 2 * this.perClass) this.kept -= names.sort(byCodeUnits).splice(this.perClass).length
    this.named.set(label, names)
  }

  private ignore(name: string, reason: string): false {
    this.ignored++
    if (this.ignored === 1) this.firstIgnored = `${name} ${reason}`
    this.onIgnored(name, reason)
    return false
  }
}
