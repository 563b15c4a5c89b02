/** The folder of a site: only files that greenbench wrote there itself are ever replaced or removed. */
import { randomUUID } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { OutputError } from '../output-file.js'

/** Says that the folder is ours, and which files of it. */
const MARKER = '.greenbench-site.json'
/** Names that are written: at most one folder deep, and nothing that a file system could read as a way out. */
const SAFE_NAME = /^(?:[a-z0-9][a-z0-9-]*\/)?[a-z0-9][a-z0-9-]*(?:\.[a-z0-9]+)?$/
/** Written before it takes its place; never met in a folder that is not ours. */
const UNFINISHED = /^\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/
/** A marker of 200,000 names is no larger. */
const MOST_MARKER_BYTES = 32 * 2 ** 20

/** Opened by `open`, closed by `finish`; each file takes its place in one step. */
export class SiteFolder {
  private readonly written = new Set<string>()

  private constructor(
    readonly path: string,
    private readonly before: ReadonlySet<string>,
  ) {}

  /**
   * @param path - a new folder, an empty one, or one that was written like this before
   * @throws {OutputError} `E_OUTPUT` for a folder with other files in it, or where none can be made
   */
  static async open(path: string): Promise<SiteFolder> {
    return reporting(path, async () => {
      await mkdir(path, { recursive: true })
      const entries = await readdir(path)
      const own = await ownFiles(path)
      if (own === undefined && entries.length > 0) throw foreignFolder(path, entries[0] ?? '')
      // Of a writing that was killed.
      for (const name of entries.filter((entry) => UNFINISHED.test(entry))) await rm(join(path, name))
      const folder = new SiteFolder(await realpath(path), new Set(own))
      await folder.mark()
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
      await this.makeParent(name)
      const unfinished = join(this.path, `.${randomUUID()}.part`)
      await writeFile(unfinished, content, { flag: 'wx' })
      await rename(unfinished, join(this.path, name)).catch(async (cause: unknown) => {
        await rm(unfinished, { force: true })
        throw cause
      })
    })
    this.written.add(name)
  }

  /** Removes what an earlier site had and this one has not, and notes what is there now. */
  async finish(): Promise<void> {
    await reporting(this.path, async () => {
      for (const name of this.before) if (!this.written.has(name)) await this.removeOwn(name)
      await this.mark()
    })
  }

  get fileCount(): number {
    return this.written.size
  }

  /** While it is being written, the files of before still count as ours. */
  private mark(): Promise<void> {
    const files = this.written.size === 0 ? [...this.before] : [...this.written]
    const text = `${JSON.stringify({ greenbench: 'site', files: files.sort() }, undefined, 1)}\n`
    return writeFile(join(this.path, MARKER), text)
  }

  /** A link in the place of a folder would lead elsewhere. */
  private async makeParent(name: string): Promise<void> {
    const place = join(this.path, dirname(name))
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
