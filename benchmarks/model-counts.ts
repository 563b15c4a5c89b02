/** Counts of any model: from its graph, or from what a format without one says of itself. */
import type { Model } from '../formats/format.js'
import type { Counts, InspectionRecord, LayerRecord } from '../src/core/record.js'

/** What was counted, and why some of it was not. */
export interface ModelCounts {
  /** Absent when the format can say nothing about its models. */
  readonly counts: Counts | undefined
  readonly operators: InspectionRecord['operators']
  /** Absent without a graph. */
  readonly layers: readonly LayerRecord[] | undefined
  /** Paths of absent figures, e.g. `counts.macs`, with the reason. */
  readonly missing: InspectionRecord['missing']
}

/** What fixes the sizes that a file leaves free. */
export interface ModelCountOptions {
  readonly inputShapes?: ReadonlyMap<string, readonly number[]> | undefined
  readonly batchSize?: number | undefined
}

/**
 * @param options - input sizes by name, and the batch size (1 when absent)
 * @throws {GreenbenchError} when the graph contradicts itself or the sizes given
 */
export async function countModel(model: Model, options: ModelCountOptions): Promise<ModelCounts> {
  const batchSize = options.batchSize ?? 1
  if (model.graph === undefined) return countWithoutGraph(model, batchSize)
  const { countGraph } = await import('../src/operators/count.js')
  const counted = countGraph(model.graph, { inputShapes: options.inputShapes, batchSize })
  const wayOut = freeSizes(model, options.inputShapes)
  if (wayOut === undefined) return counted
  const told = (reason: string) => (/\bsizes?\b/.test(reason) ? `${reason}; ${wayOut}` : reason)
  return { ...counted, missing: counted.missing.map(({ field, reason }) => ({ field, reason: told(reason) })) }
}

/** @returns how to fix what the inputs leave free beside the batch; `undefined` where that is nothing */
function freeSizes({ inputs }: Model, given: ModelCountOptions['inputShapes']): string | undefined {
  const open = inputs.flatMap(({ name, type }) => {
    const shape = type?.kind === 'tensor' && !given?.has(name) ? (type.shape ?? []) : []
    if (shape.slice(1).every((size) => typeof size === 'number')) return []
    return [
      `--input ${name}=${shape.map((size, axis) => (typeof size === 'number' ? size : axis === 0 ? 1 : '<size>')).join('x')}`,
    ]
  })
  return open.length === 0 ? undefined : `fix the sizes that the inputs leave free: ${open.slice(0, 3).join(' ')}`
}

async function countWithoutGraph(model: Model, batchSize: number): Promise<ModelCounts> {
  const parameters = await model.countParameters?.()
  const macs = await model.countMacs?.(batchSize)
  const absent = (field: string, what: string) => ({
    field,
    reason: whyAbsent(model) ?? `the format ${model.format} does not count ${what}`,
  })
  if (parameters === undefined) {
    return { counts: undefined, operators: [], layers: undefined, missing: [absent('counts', 'parameters')] }
  }
  const { trainable, nonTrainable, bytes, assumptions = [] } = parameters
  const counts: Counts = {
    parameters: { total: trainable + nonTrainable, trainable, nonTrainable, bytes },
    ...(macs === undefined ? {} : { macs, flops: 2 * macs }),
    batchSize,
    unknownOperators: [],
    assumptions: [...assumptions],
  }
  const missing = macs === undefined ? [absent('counts.macs', 'multiply-accumulates')] : []
  return { counts, operators: [], layers: undefined, missing }
}

function whyAbsent({ whyNoGraph, wayToGraph }: Model): string | undefined {
  return wayToGraph === undefined ? whyNoGraph : `${whyNoGraph}; ${wayToGraph}`
}
