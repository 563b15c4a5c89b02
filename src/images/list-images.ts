/** Lists the images of a folder, with the class that each sub-folder names, in an order that never changes. */
import { open, realpath, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { InterruptedError, UsageError } from '../core/errors.js'
import { fileSystemError } from './file-error.js'
import { FolderWalk } from './folder-walk.js'
import type { ImageFile } from './image-input.js'
import { imageTypeOf, SIGNATURE_BYTES } from './image-type.js'
import { pickEvenly } from './pick-evenly.js'

/** Most files that a listing may hold: about 0.5 GB of names. */
export const MAX_LISTED_IMAGES = 2_000_000

/** Options of `listImages`. */
export interface ListOptions {
  /** Most images to give; 0 or absent is all. Class folders are then drawn on in turn, so that none is left out. */
  readonly limit?: number
  readonly signal?: AbortSignal
  /** Told of each entry that looks like an image or a folder and is left out, with the reason. */
  readonly onIgnored?: (name: string, reason: string) => void
}

/**
 * Images of a folder and its sub-folders, sorted by name in code-unit order; or the one image that `path` is.
 *
 * The first sub-folder below `path` is the class of an image; files that lie in `path` itself have none. An image is a
 * file whose ending says so, or whose first bytes do: broken ones are listed too, so that whoever decodes them can
 * name them. Hidden entries, other files, folder links and links that lead out of `path` are left out.
 *
 * @param path - a folder, or one image file
 * @throws {UsageError} `E_NO_SUCH_PATH`, `E_PERMISSION`, `E_NO_IMAGES`, `E_NOT_AN_IMAGE`, `E_TOO_MANY_IMAGES`
 * @throws {InterruptedError} when `options.signal` is aborted
 */
export async function listImages(path: string, options: ListOptions = {}): Promise<ImageFile[]> {
  const limit = limitOf(options)
  try {
    const absolute = resolve(path)
    const status = await stat(absolute)
    if (status.isDirectory()) return await listFolder(path, await realpath(absolute), limit, options)
    if (status.isFile()) return [await singleImage(path, absolute)]
  } catch (cause) {
    throw fileSystemError(path, cause)
  }
  throw new UsageError('E_NOT_AN_IMAGE', `${path} is neither a folder nor a file`, { hint: HINT })
}

const HINT = 'give a folder of JPEG, PNG, WebP, AVIF, TIFF or GIF images, or run without images: --synthetic'

function limitOf({ limit = 0 }: ListOptions): number {
  if (Number.isInteger(limit) && limit >= 0) return limit === 0 ? Number.POSITIVE_INFINITY : limit
  throw new UsageError('E_LIMIT', `the limit of images is ${limit}, expected a whole number from 0`, {
    hint: '0 takes all images',
  })
}

async function singleImage(path: string, absolute: string): Promise<ImageFile> {
  await using handle = await open(absolute)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(SIGNATURE_BYTES), 0, SIGNATURE_BYTES, 0)
  if (imageTypeOf(buffer.subarray(0, bytesRead)) === undefined) {
    throw new UsageError('E_NOT_AN_IMAGE', `${path} is not an image that greenbench knows`, { hint: HINT })
  }
  return { path: absolute, name: basename(absolute), label: undefined }
}

async function listFolder(path: string, root: string, limit: number, options: ListOptions): Promise<ImageFile[]> {
  const walk = new FolderWalk(root, Math.min(limit, MAX_LISTED_IMAGES), options.onIgnored)
  for await (const _folder of walk.folders()) {
    if (options.signal?.aborted) throw new InterruptedError()
    if (walk.kept > MAX_LISTED_IMAGES) throw tooMany(path)
  }
  if (walk.kept === 0) throw noImages(path, walk)
  return pickEvenly(walk.classes(), limit).map((name) => imageFile(root, name))
}

const tooMany = (path: string) =>
  new UsageError('E_TOO_MANY_IMAGES', `${path} holds more than ${MAX_LISTED_IMAGES} images`, {
    hint: 'take a part of them: --limit 10000',
  })

function noImages(path: string, walk: FolderWalk): UsageError {
  const left = walk.ignored > 0 ? ` (${walk.ignored} entries left out, e.g. ${walk.firstIgnored})` : ''
  return new UsageError('E_NO_IMAGES', `no image in ${path}${left}`, { hint: HINT })
}

function imageFile(root: string, name: string): ImageFile {
  const slash = name.indexOf('/')
  return {
    path: root.endsWith('/') ? root + name : `${root}/${name}`,
    name,
    label: slash < 0 ? undefined : name.slice(0, slash),
  }
}
