/** The folder of a site: only files that greenbench wrote there itself are ever replaced or removed. */
import { randomUUID } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, realpath, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { aloneOn } from '../alone.js'
import { OutputError } from '../output-file.js'

/** Says that the folder is ours, and which files of it. */
const MARKER = '.greenbench-site.json'
/** Names that are written: at most one folder deep, and nothing that a file system could read as a way out. */
const SAFE_NAME = /^(?:[a-z0-9][a-z0-9-]*\/)?[a-z0-9][a-z0-9-]*(?:\.[a-z0-9]+)?$/
/** Holds files before they take their places; never met in a folder that is not ours. */
const UNFINISHED = /^\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/
/** A marker of 200,000 names is no larger. */
const MOST_MARKER_BYTES = 32 * 2 ** 20

/** Whoever writes a site writes this file of it; while somebody does, a mark lies beside it. */
const FIRST_FILE = 'index.html'
const LOCK = /^\.index\.html\.lock(?:\.[0-9a-f-]+)?$/

/**
 * Fills a folder with a site, or leaves it as it was where that fails. Other processes wait meanwhile.
 *
 * @throws {OutputError} `E_OUTPUT`, `E_OUTPUT_BUSY` when another process does not come to its end; whatever `fill` throws
 */
export async function fillSite<Result>(path: string, fill: (folder: SiteFolder) => Promise<Result>): Promise<Result> {
  const isNew = await makeFolder(path)
  let hasBegun = false
  const begin = () => {
    hasBegun = true
    return fillAlone(path, fill)
  }
  try {
    return await aloneOn(join(path, FIRST_FILE), begin)
  } catch (cause) {
    // Whoever had made it has failed, and took it away before it could be ours.
    if (!hasBegun && isOfMissing(cause)) return fillSite(path, fill)
    // It stays where somebody else has come since.
    if (isNew) await rmdir(path).catch(() => false)
    throw cause
  }
}

const isOfMissing = (cause: unknown): boolean =>
  cause instanceof OutputError && cause.cause instanceof Error && 'code' in cause.cause && cause.cause.code === 'ENOENT'

/** @returns whether it was made; one that is not ours is refused before anything is written there */
const makeFolder = (path: string): Promise<boolean> =>
  reporting(path, async () => {
    const first = await mkdir(path, { recursive: true })
    const entries = await entriesOf(path)
    if (entries.length > 0 && !entries.includes(MARKER)) throw foreignFolder(path, entries[0] ?? '')
    return first !== undefined
  })

/** @returns names of all that is there, but of the marks of those who write there or wait */
const entriesOf = async (path: string): Promise<readonly string[]> =>
  (await readdir(path)).filter((entry) => !LOCK.test(entry))

async function fillAlone<Result>(path: string, fill: (folder: SiteFolder) => Promise<Result>): Promise<Result> {
  const folder = await SiteFolder.open(path)
  try {
    const result = await fill(folder)
    await folder.finish()
    return result
  } catch (cause) {
    await folder.discard()
    throw cause
  }
}

/** Opened by `open`, by one process at a time, and closed by `finish` or `discard`; files are put aside and take their places all together. */
export class SiteFolder {
  private readonly written = new Set<string>()
  private readonly parents = new Set<string>()
  /** Inside the folder, so that files need only be renamed. */
  private readonly aside: string

  private constructor(
    readonly path: string,
    private readonly before: ReadonlySet<string>,
    private readonly isMarkerNew: boolean,
  ) {
    this.aside = join(path, `.${randomUUID()}.part`)
  }

  /**
   * @param path - a new folder, an empty one, or one that was written like this before
   * @throws {OutputError} `E_OUTPUT` for a folder with other files in it, or where none can be made
   */
  static async open(path: string): Promise<SiteFolder> {
    return reporting(path, async () => {
      await mkdir(path, { recursive: true })
      const entries = await entriesOf(path)
      const own = await ownFiles(path)
      if (own === undefined && entries.length > 0) throw foreignFolder(path, entries[0] ?? '')
      // Of a writing that was killed.
      for (const name of entries.filter((entry) => UNFINISHED.test(entry))) {
        await rm(join(path, name), { recursive: true })
      }
      const folder = new SiteFolder(await realpath(path), new Set(own), own === undefined)
      await folder.mark([...folder.before])
      await mkdir(folder.aside)
      return folder
    })
  }

  /**
   * @param name - e.g. `index.html` or `runs/resnet18.html`
   * @throws {OutputError} `E_OUTPUT`
   */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    if (!SAFE_NAME.test(name)) throw new OutputError('E_OUTPUT', `${JSON.stringify(name.slice(0, 80))} is no file name`)
    await reporting(join(this.path, name), async () => {
      const parent = dirname(name)
      if (!this.parents.has(parent)) await mkdir(join(this.aside, parent), { recursive: true })
      this.parents.add(parent)
      await writeFile(join(this.aside, name), content)
    })
    this.written.add(name)
  }

  /** Puts the files into their places, removes what an earlier site had and this one has not, and notes what is there now. */
  async finish(): Promise<void> {
    await reporting(this.path, async () => {
      for (const parent of this.parents) await this.makeFolder(parent)
      // Whatever happens now, the next site knows all of these files as its own.
      await this.mark([...new Set([...this.before, ...this.written])])
      for (const name of this.written) await rename(join(this.aside, name), join(this.path, name))
      for (const name of this.before) if (!this.written.has(name)) await this.removeOwn(name)
      await rm(this.aside, { recursive: true })
      await this.mark([...this.written])
    })
  }

  /** Leaves the folder as it was before it was opened; of an attempt to finish, what is in its place already stays. */
  async discard(): Promise<void> {
    await rm(this.aside, { recursive: true, force: true })
    const left = await entriesOf(this.path).catch(() => [this.path])
    if (left.some((name) => name !== MARKER)) return
    if (this.isMarkerNew) await rm(join(this.path, MARKER), { force: true })
  }

  get fileCount(): number {
    return this.written.size
  }

  private mark(files: readonly string[]): Promise<void> {
    const text = `${JSON.stringify({ greenbench: 'site', files: [...files].sort() }, undefined, 1)}\n`
    return writeFile(join(this.path, MARKER), text)
  }

  /** A link in the place of a folder would lead elsewhere. */
  private async makeFolder(name: string): Promise<void> {
    const place = join(this.path, name)
    const found = await lstat(place).catch(() => undefined)
    if (found === undefined) await mkdir(place)
    else if (!found.isDirectory()) throw new OutputError('E_OUTPUT', `cannot write into ${place}: it is no folder`)
  }

  private async removeOwn(name: string): Promise<void> {
    const parent = await lstat(join(this.path, dirname(name))).catch(() => undefined)
    const file = await lstat(join(this.path, name)).catch(() => undefined)
    if (parent?.isDirectory() === true && file?.isFile() === true) await rm(join(this.path, name))
  }
}

/** @returns the files that the marker names, `undefined` where there is none; names that are not safe are not ours */
async function ownFiles(path: string): Promise<readonly string[] | undefined> {
  const marker = join(path, MARKER)
  const found = await lstat(marker).catch(() => undefined)
  if (found === undefined || !found.isFile() || found.size > MOST_MARKER_BYTES) return undefined
  try {
    const { greenbench, files } = JSON.parse(await readFile(marker, 'utf8'))
    if (greenbench !== 'site' || !Array.isArray(files)) return undefined
    return files.filter((name): name is string => typeof name === 'string' && SAFE_NAME.test(name))
  } catch {
    return undefined
  }
}

const foreignFolder = (path: string, entry: string): OutputError =>
  new OutputError('E_OUTPUT', `${path} holds other files (${entry}): a site is not written among them`, {
    hint: 'choose a new or an empty folder, or one that greenbench wrote a site into',
  })

async function reporting<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (cause) {
    if (cause instanceof OutputError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new OutputError('E_OUTPUT', `cannot write ${path}: ${reason}`, {
      cause,
      hint: 'choose another folder with -o',
    })
  }
}
