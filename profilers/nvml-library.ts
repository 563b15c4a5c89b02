/**
 * NVIDIA's management library, called without a compiler: its boards with their energy, power and load.
 *
 * @see https://docs.nvidia.com/deploy/nvml-api/group__nvmlDeviceQueries.html
 */
import { join } from 'node:path'
import { messageOf } from './checked-reading.js'

/** One board; each call gives `undefined` where the board does not know. */
export interface NvmlBoard {
  /** In the order of PCI addresses. */
  readonly index: number
  /** `GPU-...`. */
  readonly uuid: string
  readonly name: string
  /** Divided into instances, which have no energy of their own. */
  readonly isDivided: boolean
  /** J since the driver was loaded; Volta and later. */
  energy(): number | undefined
  /** W at this moment; on older drivers the mean of the last second. */
  power(): number | undefined
  /** W that the board may draw. */
  powerLimit(): number | undefined
  /** Share of the last moments in which it computed, 0 to 1. */
  load(): number | undefined
}

/** The opened library. */
export interface NvmlLibrary {
  readonly boards: readonly NvmlBoard[]
  /** UUID of the board that holds an instance, by the instance's `MIG-...`. */
  boardOfInstance(uuid: string): string | undefined
  close(): void
}

/** Why it cannot be used, e.g. `no driver is loaded`. */
export class NvmlError extends Error {
  /** True when the library itself is not there. */
  readonly isAbsent: boolean

  constructor(message: string, isAbsent = false) {
    super(message)
    this.isAbsent = isAbsent
  }
}

type NativeCall = (...values: readonly unknown[]) => unknown
interface NativeLibrary {
  func(declaration: string): NativeCall
}
type Handle = bigint

/** More than fit into a machine. */
const MOST_BOARDS = 256
/** `NVML_FI_DEV_POWER_INSTANT`, and where `nvmlFieldValue_t` keeps its result and value. */
const POWER_INSTANT = 186
const FIELD = { bytes: 40, result: 28, value: 32 } as const

/**
 * @param path - of the library; the places where drivers put it when absent
 * @throws {NvmlError} when it is not there or does not start
 */
export async function openNvml(path?: string): Promise<NvmlLibrary> {
  const library = await loadLibrary(path === undefined ? usualPaths() : [path])
  const call = (declaration: string): NativeCall => optionalCall(library, declaration)
  const textOfError = call('const char *nvmlErrorString(int code)')
  const started = call('int nvmlInit_v2()')()
  if (started !== 0) throw new NvmlError(`nvmlInit: ${String(textOfError(started) ?? started)}`)
  const shutdown = call('int nvmlShutdown()')
  return {
    boards: readBoards(call),
    boardOfInstance: (uuid) => boardOfInstance(call, uuid),
    close: () => void shutdown(),
  }
}

function usualPaths(): readonly string[] {
  if (process.platform !== 'win32') return ['libnvidia-ml.so.1', '/usr/lib/wsl/lib/libnvidia-ml.so.1']
  const programs = process.env.ProgramW6432 ?? 'C:\\Program Files'
  return ['nvml.dll', join(programs, 'NVIDIA Corporation', 'NVSMI', 'nvml.dll')]
}

async function loadLibrary(paths: readonly string[]): Promise<NativeLibrary> {
  let koffi: { load(path: string): NativeLibrary }
  try {
    koffi = (await import('koffi')).default
  } catch (error) {
    throw new NvmlError(`the package koffi is not installed: ${messageOf(error)}`)
  }
  let reason = ''
  for (const path of paths) {
    try {
      return koffi.load(path)
    } catch (error) {
      reason = messageOf(error)
    }
  }
  const isThere = !/no such file|cannot open shared object|could not be found/i.test(reason)
  throw new NvmlError(isThere ? `${paths[0]} cannot be loaded: ${reason}` : `there is no ${paths[0]}`, true)
}

/** A function that an older driver does not have answers `NVML_ERROR_FUNCTION_NOT_FOUND`. */
function optionalCall(library: NativeLibrary, declaration: string): NativeCall {
  try {
    return library.func(declaration)
  } catch {
    return () => 13
  }
}

type Declare = (declaration: string) => NativeCall

function readBoards(call: Declare): readonly NvmlBoard[] {
  const count = new Uint32Array(1)
  call('int nvmlDeviceGetCount_v2(uint32_t *count)')(count)
  const handleOf = call('int nvmlDeviceGetHandleByIndex_v2(uint32_t index, _Out_ void **device)')
  const calls = boardCalls(call)
  return Array.from({ length: Math.min(count[0] ?? 0, MOST_BOARDS) }, (_, index) => index).flatMap((index) => {
    const out: [Handle | null] = [null]
    const isThere = handleOf(index, out) === 0 && out[0] !== null
    return isThere && out[0] !== null ? [boardOf(calls, out[0], index)] : []
  })
}

function boardCalls(call: Declare) {
  return {
    uuid: call('int nvmlDeviceGetUUID(void *device, void *text, uint32_t length)'),
    name: call('int nvmlDeviceGetName(void *device, void *text, uint32_t length)'),
    energy: call('int nvmlDeviceGetTotalEnergyConsumption(void *device, uint64_t *millijoules)'),
    fields: call('int nvmlDeviceGetFieldValues(void *device, int count, void *values)'),
    power: call('int nvmlDeviceGetPowerUsage(void *device, uint32_t *milliwatts)'),
    limit: call('int nvmlDeviceGetEnforcedPowerLimit(void *device, uint32_t *milliwatts)'),
    load: call('int nvmlDeviceGetUtilizationRates(void *device, uint32_t *percents)'),
    division: call('int nvmlDeviceGetMigMode(void *device, uint32_t *current, uint32_t *pending)'),
  }
}

function boardOf(calls: ReturnType<typeof boardCalls>, device: Handle, index: number): NvmlBoard {
  const wide = new BigUint64Array(1)
  const narrow = new Uint32Array(2)
  const [fields, current, pending] = [Buffer.alloc(FIELD.bytes), new Uint32Array(1), new Uint32Array(1)]
  const thousandth = (result: unknown): number | undefined => (result === 0 ? (narrow[0] ?? 0) / 1000 : undefined)
  const instantPower = (): number | undefined => {
    fields.fill(0).writeUInt32LE(POWER_INSTANT, 0)
    const isThere = calls.fields(device, 1, fields) === 0 && fields.readInt32LE(FIELD.result) === 0
    return isThere ? fields.readUInt32LE(FIELD.value) / 1000 : undefined
  }
  return {
    index,
    uuid: textOf(calls.uuid, device) ?? `GPU-${index}`,
    name: textOf(calls.name, device) ?? 'NVIDIA GPU',
    isDivided: calls.division(device, current, pending) === 0 && current[0] === 1,
    energy: () => (calls.energy(device, wide) === 0 ? Number(wide[0]) / 1000 : undefined),
    power: () => instantPower() ?? thousandth(calls.power(device, narrow)),
    powerLimit: () => thousandth(calls.limit(device, narrow)),
    load: () => (calls.load(device, narrow) === 0 ? (narrow[0] ?? 0) / 100 : undefined),
  }
}

function textOf(call: NativeCall, device: Handle): string | undefined {
  const buffer = Buffer.alloc(96)
  return call(device, buffer, buffer.length) === 0 ? buffer.toString('latin1').replace(/\0.*$/s, '') : undefined
}

function boardOfInstance(call: Declare, uuid: string): string | undefined {
  const [instance, board]: [[Handle | null], [Handle | null]] = [[null], [null]]
  const find = call('int nvmlDeviceGetHandleByUUID(const char *uuid, _Out_ void **device)')
  const parent = call('int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(void *instance, _Out_ void **device)')
  if (find(uuid, instance) !== 0 || parent(instance[0], board) !== 0 || board[0] === null) return undefined
  return textOf(call('int nvmlDeviceGetUUID(void *device, void *text, uint32_t length)'), board[0])
}
