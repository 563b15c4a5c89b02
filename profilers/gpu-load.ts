/** Power of NVIDIA boards by their load: the model of `gpu-power-model` with what the driver tells of load and limit. */
import { chooseBoards } from './gpu-choice.js'
import { type GpuPowerModel, gpuPowerModel } from './gpu-power-model.js'
import { type NvmlBoard, type NvmlLibrary, openNvml } from './nvml-library.js'
import type { ProfilerOptions } from './profiler.js'
import type { Sensor } from './sensor-profiler.js'

/** Boards whose load is known. */
export interface GpuLoad {
  readonly sensors: readonly Sensor[]
  close(): void
}

const NOTHING: GpuLoad = { sensors: [], close: () => undefined }

/**
 * @param library - path of NVIDIA's library, for tests
 * @returns no sensors where there is no driver
 */
export async function openGpuLoad({ gpus }: Pick<ProfilerOptions, 'gpus'>, library?: string): Promise<GpuLoad> {
  try {
    const nvml = await openNvml(library)
    return { sensors: chosen(nvml, gpus).flatMap(sensorOf), close: () => nvml.close() }
  } catch {
    // Without a driver there is no load; the profiler `nvml` says why.
    return NOTHING
  }
}

function chosen(nvml: NvmlLibrary, asked: readonly string[] | undefined): readonly NvmlBoard[] {
  const { CUDA_VISIBLE_DEVICES: visible, CUDA_DEVICE_ORDER: order } = process.env
  return chooseBoards(nvml.boards, { asked, visible, order, boardOfInstance: nvml.boardOfInstance }).boards
}

/** A board whose limit nobody knows is left out. */
function sensorOf(board: NvmlBoard): Sensor[] {
  const model = board.load() === undefined ? undefined : modelOf(board)
  if (model === undefined) return []
  const { name, idleWatts, fullWatts, low, high } = model
  const read = (): number | undefined => {
    const load = board.load()
    return load === undefined ? undefined : idleWatts + (fullWatts - idleWatts) * load
  }
  const domain = {
    name: `gpu-${board.index}`,
    part: 'gpu',
    device: board.uuid,
    counter: 'power',
    highestWatts: fullWatts * 2,
    isCounted: true,
    low,
    high,
    source: `${board.name}: ${name}`,
  } as const
  return [{ domain, read, close: () => undefined }]
}

function modelOf(board: NvmlBoard): GpuPowerModel | undefined {
  try {
    return gpuPowerModel(board.name, board.powerLimit())
  } catch {
    // No data sheet and no limit from the driver: nothing to model.
    return undefined
  }
}
