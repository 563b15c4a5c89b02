/** The header of a checkpoint: what each tensor is and where it lies. Its reader trusts nothing. */
import type { TrainerState } from '../../formats/trainer.js'
import { FormatError } from '../core/errors.js'
import type { FloatElements } from './state-buffers.js'

/** A tensor of the file; places are bytes behind the header. */
export interface StoredTensor {
  readonly name: string
  readonly dtype: 'float32' | 'float64'
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

/** What a header says. */
export interface CheckpointHeader {
  readonly tensors: readonly StoredTensor[]
  readonly counts: Omit<TrainerState, 'tensors'>
  readonly metadata: ReadonlyMap<string, string>
}

const METADATA = '__metadata__'
const COUNTS = ['updates', 'steps', 'summedRows'] as const
const TYPES = { F32: 'float32', F64: 'float64' } as const
const BYTES = { float32: 4, float64: 8 } as const

/** @returns the length of the header, 8 bytes, and the header, filled up so that tensors begin at a multiple of 8 */
export function headerBytes(state: TrainerState, metadata: ReadonlyMap<string, string>): Uint8Array {
  let end = 0
  const tensors = [...state.tensors].map(([name, { dtype, shape, data }]) => {
    const begin = end
    end += (data as FloatElements).byteLength
    return [name, { dtype: dtype === 'float64' ? 'F64' : 'F32', shape, data_offsets: [begin, end] }] as const
  })
  const counts = COUNTS.map((name) => [name, String(state[name])] as const)
  const known = [['format', 'greenbench-training'], ['fingerprint', state.fingerprint], ...counts] as const
  const texts = Object.fromEntries([...[...metadata].map(([name, text]) => [`user.${name}`, text] as const), ...known])
  const text = JSON.stringify({ [METADATA]: texts, ...Object.fromEntries(tensors) })
  const json = Buffer.from(text.padEnd(text.length + ((8 - (Buffer.byteLength(text) % 8)) % 8)))
  const length = new DataView(new ArrayBuffer(8))
  length.setBigUint64(0, BigInt(json.length), true)
  return Buffer.concat([new Uint8Array(length.buffer), json])
}

/**
 * @param room - bytes behind the header
 * @throws {FormatError} `E_CHECKPOINT`
 */
export function parseHeader(path: string, bytes: Uint8Array, room: number): CheckpointHeader {
  const header = parseObject(path, bytes)
  const texts = header[METADATA]
  if (!isObject(texts) || texts.format !== 'greenbench-training') throw broken(path, 'is not the state of a training')
  const fingerprint = texts.fingerprint
  if (typeof fingerprint !== 'string') throw broken(path, 'does not tell which model it is of')
  const entries = Object.entries(header).filter(([name]) => name !== METADATA)
  const tensors = entries.map(([name, entry]) => parseTensor(path, name, entry))
  refuseUnlessSideBySide(path, tensors, room)
  const counts = { updates: count(path, texts, 'updates'), steps: count(path, texts, 'steps'), fingerprint }
  const own = Object.entries(texts).flatMap(([name, text]) => {
    return name.startsWith('user.') && typeof text === 'string' ? [[name.slice(5), text] as const] : []
  })
  return { tensors, counts: { ...counts, summedRows: count(path, texts, 'summedRows') }, metadata: new Map(own) }
}

function parseObject(path: string, bytes: Uint8Array): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (isObject(parsed)) return parsed
  } catch (cause) {
    throw broken(path, 'has a header that cannot be read', cause)
  }
  throw broken(path, 'has a header that is no object')
}

function parseTensor(path: string, name: string, entry: unknown): StoredTensor {
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {}
  const type = dtype === 'F32' || dtype === 'F64' ? TYPES[dtype] : undefined
  if (type === undefined || !areCounts(shape) || !areCounts(offsets)) throw broken(path, 'describes a tensor wrongly')
  const [begin = 0, end = 0] = offsets
  const elements = shape.reduce((product, size) => product * size, 1)
  if (offsets.length !== 2 || end - begin !== elements * BYTES[type]) {
    throw broken(path, 'gives a tensor another length than its shape')
  }
  return { name, dtype: type, shape, begin, end }
}

/** No gap, no overlap: what is read is at most what is there. */
function refuseUnlessSideBySide(path: string, tensors: readonly StoredTensor[], room: number): void {
  let at = 0
  for (const { begin, end } of tensors.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) throw broken(path, 'has tensors that do not lie side by side')
    at = end
  }
  if (at !== room) throw broken(path, 'is longer or shorter than its header says')
}

function count(path: string, texts: Record<string, unknown>, name: string): number {
  const text = texts[name]
  const value = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined
  if (value === undefined) throw broken(path, `does not tell its number of ${name}`)
  return value
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const areCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length <= 64 && value.every((size) => Number.isSafeInteger(size) && size >= 0)

function broken(path: string, what: string, cause?: unknown): FormatError {
  return new FormatError('E_CHECKPOINT', `${path} ${what}`, {
    hint: 'name a checkpoint that greenbench train has written whole',
    cause,
  })
}
