/** The options as they go into the record: what was asked for, and what it came to. */
import type { EngineOptions } from '../src/engines/engine.js'
import type { FootprintOptions } from './footprint.js'
import type { InferenceOptions } from './options.js'
import type { ProtocolPlan } from './protocol-plan.js'
import type { TrainingOptions } from './training-options.js'
import type { TrainingSettings } from './training-settings.js'

/** @returns plain JSON; what the caller left out shows the default that was used, or is absent where there is none */
export function recordedOptions(
  options: InferenceOptions,
  plan: ProtocolPlan,
  batchSizes: readonly number[],
): Record<string, unknown> {
  const { images, labels, resize, normalize, layout, channelOrder, cpuTdp, limit } = options
  return {
    batchSizes: [...batchSizes],
    engine: engineOptions(options.engine),
    profilers: [...(options.profilers ?? ['auto'])],
    minDuration: plan.window,
    maxDuration: plan.maxDuration,
    targetInterval: plan.target,
    idleDuration: plan.idle,
    warmupDuration: plan.warmUp,
    cooldownDuration: plan.cooldown,
    ...given({
      images,
      labels,
      resize,
      normalize,
      layout,
      channelOrder,
      limit,
      cpuTdp,
    }),
    ...given({ samplingInterval: options.samplingInterval, gpus: options.gpus, powerLog: options.powerLog }),
    ...given({ sensorRoot: options.sensorRoot }),
    ...footprintOptions(options),
    ...given({ synthetic: options.synthetic, strict: options.strict, note: options.note }),
    ...(options.inputShapes === undefined ? {} : { inputShapes: Object.fromEntries(options.inputShapes) }),
  }
}

/** @returns the same of a training */
export function recordedTrainingOptions(
  options: TrainingOptions,
  settings: TrainingSettings,
  { idle }: Pick<ProtocolPlan, 'idle'>,
): Record<string, unknown> {
  const { labels, resize, normalize, layout, channelOrder, limit, strict, validation, cacheBytes } = options
  const { classes, untilAccuracy, save, checkpoint, resume } = options
  const { samplingInterval, cpuTdp, gpus, powerLog, sensorRoot } = options
  return {
    ...settings,
    profilers: [...(options.profilers ?? ['auto'])],
    idleDuration: idle,
    ...given({ labels, resize, normalize, layout, channelOrder, limit, strict, validation, cacheBytes }),
    ...given({ classes, untilAccuracy, save, checkpoint, resume }),
    ...given({ samplingInterval, cpuTdp, gpus, powerLog, sensorRoot }),
    ...footprintOptions(options),
    ...given({ augment: options.augment, note: options.note }),
    ...(options.inputShapes === undefined ? {} : { inputShapes: Object.fromEntries(options.inputShapes) }),
  }
}

function engineOptions({ signal: _, ...engine }: Partial<EngineOptions> = {}): Record<string, unknown> {
  return { threads: 0, ...engine }
}

/** Of live sources the name alone: the rest are keys. */
function footprintOptions(options: FootprintOptions): Record<string, unknown> {
  const {
    country,
    zone,
    latitude,
    longitude,
    address,
    cloud,
    carbonIntensity,
    live,
    pue,
    wue,
    price,
    embodied,
    socialCost,
  } = options
  const source = live === undefined ? undefined : (live.source ?? 'first that can tell')
  const place = { country, zone, latitude, longitude, address, cloud }
  return given({ ...place, carbonIntensity, live: source, pue, wue, price, embodied, socialCost })
}

const given = (options: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
