/** Figures that no machine has: they would pass the schema, and leave nothing of the charts and means beside them. */
/** J of one inference, one epoch or one run: the prefixes of the joule that are shown, and a little more. */
const ENERGY = [1e-15, 1e18] as const
/** Of everything else, in its own unit; beyond these its square is not a number any more. */
const ANYTHING = [1e-100, 1e100] as const

type Name = 'energy' | 'latency' | 'throughput' | 'carbon' | 'water' | 'cost' | 'socialCost' | 'counts' | 'phases'

/** The figures that are looked at, those of them that are there. */
export type Figures = { readonly [Each in Name]?: object | undefined }

/** @returns which figure of a run cannot be, e.g. `energy.perInference.joules is 1e+308`; `undefined` when all can */
export function implausible(run: Figures): string | undefined {
  const found =
    (run.energy && implausibleEnergy(run.energy)) ??
    beyond(figuresOf(run), ANYTHING) ??
    belowNothing(run) ??
    noBatch(run)
  return found === undefined ? undefined : `${found.path} is ${found.value}, which no machine has`
}

function figuresOf({ energy, latency, throughput, carbon, water, cost, socialCost, counts, phases }: Figures): Figures {
  return { energy, latency, throughput, carbon, water, cost, socialCost, counts, phases }
}

interface Found {
  readonly path: string
  readonly value: number
}

function implausibleEnergy(energy: object): Found | undefined {
  for (const name of ['perInference', 'perEpoch', 'gross']) {
    const figure = name in energy ? (energy as Readonly<Record<string, unknown>>)[name] : undefined
    const joules = typeof figure === 'object' && figure !== null && 'joules' in figure ? { joules: figure.joules } : {}
    const found = beyond(joules, ENERGY)
    if (found !== undefined) return within(`energy.${name}`, found)
  }
  return undefined
}

/** Only net energy, prices and what a model gives may be below nothing. */
function belowNothing({ throughput, carbon }: Figures): Found | undefined {
  const grams = (name: string) => [`carbon.${name}.grams`, numberAt(carbon, name, 'grams')] as const
  const figures = [
    ['throughput.imagesPerSecond', numberAt(throughput, 'imagesPerSecond')] as const,
    ...['perInference', 'perEpoch', 'total'].map(grams),
  ]
  return figures.flatMap(([path, value]) => (value !== undefined && value < 0 ? [{ path, value }] : []))[0]
}

/** What is counted for a batch of none cannot be told of one image. */
const noBatch = ({ counts }: Figures): Found | undefined =>
  numberAt(counts, 'batchSize') === 0 ? { path: 'counts.batchSize', value: 0 } : undefined

function numberAt(fields: object | undefined, ...names: readonly string[]): number | undefined {
  let value: unknown = fields
  for (const name of names) {
    value = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
  }
  return typeof value === 'number' ? value : undefined
}

/** The first number, however deep, that is neither 0 nor of a size between these. */
function beyond(fields: object, sizes: readonly [least: number, most: number]): Found | undefined {
  for (const name of Object.keys(fields)) {
    const value = (fields as Readonly<Record<string, unknown>>)[name]
    if (typeof value === 'object' && value !== null) {
      const found = beyond(value, sizes)
      if (found !== undefined) return within(name, found)
    } else if (typeof value === 'number' && value !== 0 && !isBetween(Math.abs(value), sizes)) {
      return { path: name, value }
    }
  }
  return undefined
}

const within = (name: string, { path, value }: Found): Found => ({ path: `${name}.${path}`, value })

const isBetween = (size: number, [least, most]: readonly [number, number]): boolean => size >= least && size <= most
