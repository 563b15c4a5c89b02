/** The record: everything a run found out, with names that scripts may rely on. One schema, and its static type. */
import { type Static, type TSchema, Type } from 'typebox'
import { SCHEMA_VERSION } from './schema-version.js'

export { SCHEMA_VERSION }

const strict = { additionalProperties: false } as const
const text = Type.String()
const count = Type.Integer({ minimum: 0 })
const amount = Type.Number({ minimum: 0 })
const optional = <T extends TSchema>(schema: T) => Type.Optional(schema)

/** A figure with its 95% interval. */
const interval = <Name extends string>(name: Name) =>
  Type.Object(
    { [name]: Type.Number(), low: Type.Number(), high: Type.Number() } as Record<
      Name | 'low' | 'high',
      ReturnType<typeof Type.Number>
    >,
    strict,
  )

/** Why a figure is absent: by the path of the field, e.g. `energy.perInference`. */
const missing = Type.Object({ field: text, reason: text }, strict)

/** A doubt about the result: stable code `W_...`, what is doubtful, and what makes it less so. */
export const WarningSchema = Type.Object({ code: text, message: text, hint: text }, strict)

const valueSignature = Type.Object(
  {
    name: text,
    dtype: text,
    /** A name or expression where the size is free; absent when the rank is not known. */
    shape: optional(Type.Array(Type.Union([count, text]))),
  },
  strict,
)

/** Which model the record is about, as its file declares it. */
export const ModelRecordSchema = Type.Object(
  {
    name: text,
    format: text,
    /** Of the model file, or of the digests of it and its data files; absent in an inspection that read no weights. */
    sha256: optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
    /** Of the file and of the data files that belong to it. */
    bytes: count,
    inputs: Type.Array(valueSignature),
    outputs: Type.Array(valueSignature),
    /** Version by domain; the domain of the standard operators is the empty text. */
    opset: optional(Type.Record(text, count)),
    producer: optional(text),
    /** Of a SavedModel: which signature was read, and the tags of its graph, between commas. */
    signature: optional(text),
    tag: optional(text),
  },
  strict,
)

/** What was counted in the file, without running it; bytes are those of the file's element types. */
export const CountsSchema = Type.Object(
  {
    parameters: Type.Object({ total: count, trainable: count, nonTrainable: count, bytes: count }, strict),
    /** Multiply-accumulates of one inference of the whole batch; absent when sizes are free. */
    macs: optional(amount),
    /** Exactly `2 * macs`. */
    flops: optional(amount),
    /** Elementwise steps, normalisation, activation, pooling, softmax, biases: no part of `flops`. */
    otherOperations: optional(amount),
    /** Largest sum of tensors alive at once, bytes, without weights. */
    peakActivationBytes: optional(amount),
    /** FLOPs (with other operations) per byte of weights and activations moved. */
    arithmeticIntensity: optional(amount),
    /** That the figures are for; absent where it stays free. */
    batchSize: optional(count),
    /** Operators without a rule and the number of their uses: they are in no figure. */
    unknownOperators: Type.Array(Type.Object({ operator: text, count }, strict)),
    /** What the figures take for granted, in words. */
    assumptions: Type.Array(text),
  },
  strict,
)

const operatorUse = Type.Object(
  { operator: text, count, macs: optional(amount), otherOperations: optional(amount), parameters: optional(count) },
  strict,
)

/** One node that runs; figures are those of all its runs in one inference of the batch. */
export const LayerSchema = Type.Object(
  {
    name: text,
    operator: text,
    outputShape: optional(Type.Array(Type.Union([count, text]))),
    parameters: count,
    macs: optional(amount),
    otherOperations: optional(amount),
    /** Of its outputs, once. */
    activationBytes: optional(amount),
    /** Times the layer runs in one inference: more than 1 inside loops. */
    runs: optional(amount),
  },
  strict,
)

const carbonFactor = Type.Object(
  {
    gramsPerKwh: amount,
    zone: text,
    /** The zone in words. */
    zoneName: optional(text),
    source: text,
    /** Absent where the source names none. */
    year: optional(Type.Integer()),
    basis: text,
    low: amount,
    high: amount,
    /** What the interval stands for. */
    intervalReason: optional(text),
    /** What the user named, where it is neither zone nor country, e.g. `aws:eu-west-3`. */
    place: optional(text),
    /** When a live figure held. */
    at: optional(Type.String({ format: 'date-time' })),
    /** Where the figure changed during the run; `gramsPerKwh` is the mean by energy then. */
    lowest: optional(amount),
    highest: optional(amount),
    /** What one more kWh causes: another basis. */
    marginal: optional(Type.Object({ gramsPerKwh: amount, source: text, year: Type.Integer() }, strict)),
  },
  strict,
)

/** What one sensor says. */
const figure = Type.Object({ profiler: text, name: text, joules: Type.Number() }, strict)

/** Joules of the windows, with their 95% intervals and the reasons for the width. */
export const EnergySchema = Type.Object(
  {
    kind: Type.Union([Type.Literal('measured'), Type.Literal('modelled'), Type.Literal('mixed')]),
    /** Share of the joules that a sensor gave, 0 to 1. */
    measuredShare: Type.Number({ minimum: 0, maximum: 1 }),
    /** Of all windows together. */
    gross: interval('joules'),
    /** Gross less the idle energy of the same time. */
    net: optional(interval('joules')),
    /** Gross energy of one inference of one image. */
    perInference: interval('joules'),
    netPerInference: optional(interval('joules')),
    domains: Type.Array(
      Type.Object(
        {
          name: text,
          profiler: text,
          kind: text,
          joules: Type.Number(),
          low: Type.Number(),
          high: Type.Number(),
          isCounted: Type.Boolean(),
          /** Of the machine: `package`, `dram`, `gpu`, ... */
          part: optional(text),
          /** Which one of several like parts, e.g. the UUID of a GPU; absent: all of them. */
          device: optional(text),
          /** The counter, or the model with its constants. */
          source: optional(text),
        },
        strict,
      ),
    ),
    /** Power of the idle machine, W; `seconds` are those of both baselines. */
    idle: optional(
      Type.Object({ watts: amount, before: optional(amount), after: optional(amount), seconds: amount }, strict),
    ),
    /**
     * Relative half-widths that make up the intervals. `of` says which figures a part belongs to: `gross` (also when
     * absent) to all, `net` to net energy alone, `carbon` to CO2 alone; `basis` is no part of an interval, but what another
     * basis of the carbon factor would change.
     */
    budget: Type.Array(
      Type.Object(
        {
          source: text,
          of: optional(
            Type.Union([Type.Literal('gross'), Type.Literal('net'), Type.Literal('carbon'), Type.Literal('basis')]),
          ),
          relative: amount,
        },
        strict,
      ),
    ),
    /** Seconds of one window, and how many there were. */
    window: Type.Object({ seconds: amount, count, inferences: count }, strict),
    /**
     * Energy of the windows by who caused it: the idle machine, this process and its children, others. What is above idle
     * is split by CPU time, that of memory by memory in use; `unattributed`: of boards, which do not tell.
     */
    attribution: optional(
      Type.Object(
        {
          /** Of the CPU time of all processes while the windows ran, 0 to 1. */
          cpuShare: amount,
          /** Of the memory in use at their end, shared pages by their share. */
          memoryShare: optional(amount),
          joules: Type.Object({ idle: amount, process: amount, others: amount, unattributed: amount }, strict),
        },
        strict,
      ),
    ),
    /** Sensors that saw the same part of the machine: `relative` is other by counted, less 1. */
    crossChecks: optional(
      Type.Array(
        Type.Object(
          {
            part: text,
            device: optional(text),
            counted: figure,
            other: figure,
            relative: Type.Number(),
            /** Whether the intervals of the two overlap. */
            isWithinErrors: Type.Boolean(),
          },
          strict,
        ),
      ),
    ),
    /** How the background readings went, since the sensors were opened; times in seconds. */
    sampling: optional(
      Type.Array(
        Type.Object(
          {
            profiler: text,
            interval: amount,
            readings: count,
            /** Readings in which a counter could not be read. */
            failed: count,
            /** Readings that were due and were not made, and those overwritten before they were used. */
            missed: count,
            lost: count,
            meanDelay: amount,
            worstDelay: amount,
            /** Longest time between two readings. */
            longestStep: amount,
          },
          strict,
        ),
      ),
    ),
    /** Why the windows ended: `interval reached`, `time budget spent`, `interrupted` or `run failed`. */
    stopReason: text,
  },
  strict,
)

const samples = Type.Object(
  {
    /** Seconds per batch in the order they ran, thinned evenly when there were more than the limit. */
    latencySeconds: Type.Array(amount),
    /** How many batches each of them stands for. */
    latencyEvery: count,
    /** One row per window: seconds since the start of the measurement, its length, images, and joules where known. */
    windows: Type.Array(
      Type.Object(
        {
          startedAt: amount,
          seconds: amount,
          inferences: count,
          joules: optional(Type.Number()),
          low: optional(Type.Number()),
          high: optional(Type.Number()),
        },
        strict,
      ),
    ),
  },
  strict,
)

const head = {
  schemaVersion: Type.Literal(SCHEMA_VERSION),
  id: text,
  startedAt: Type.String({ format: 'date-time' }),
  completedAt: Type.String({ format: 'date-time' }),
  /** False when the run was interrupted or failed on the way: what is there was measured. */
  complete: Type.Boolean(),
  model: ModelRecordSchema,
  counts: optional(CountsSchema),
  missing: Type.Array(missing),
  warnings: Type.Array(WarningSchema),
  versions: Type.Record(text, text),
  options: Type.Record(text, Type.Unknown()),
}

/** What `greenbench inspect` found out. */
export const InspectionRecordSchema = Type.Object(
  {
    ...head,
    kind: Type.Literal('inspection'),
    operators: Type.Array(operatorUse),
    layers: optional(Type.Array(LayerSchema)),
  },
  strict,
)

/** What a timed run at one batch size found out. */
export const InferenceRecordSchema = Type.Object(
  {
    ...head,
    kind: Type.Literal('inference'),
    engine: Type.Object(
      {
        name: text,
        version: text,
        executionProvider: text,
        /** Threads asked for; 0: the engine's choice, which `options` names where it is known. */
        threads: count,
        options: Type.Record(text, Type.Unknown()),
      },
      strict,
    ),
    batchSize: Type.Integer({ minimum: 1 }),
    input: Type.Object(
      { kind: Type.Union([Type.Literal('images'), Type.Literal('synthetic')]), description: text },
      strict,
    ),
    images: optional(
      Type.Object(
        {
          count,
          /** The first of those that cannot be used, by name; `skippedCount` says how many there are. */
          skipped: Type.Array(Type.Object({ name: text, reason: text }, strict)),
          skippedCount: count,
          classes: count,
          /** Preprocessing alone, all threads, images per second. */
          decodedPerSecond: optional(amount),
        },
        strict,
      ),
    ),
    /** Shares of the images that have a class the model knows, 0 to 1. */
    accuracy: optional(Type.Object({ top1: amount, top5: optional(amount), count }, strict)),
    /** Seconds. */
    phases: Type.Object(
      {
        /** Absent when the caller had opened the model. */
        load: optional(amount),
        /** Opening a session of the engine. */
        prepare: amount,
        /** During which at least one image was being decoded; the model runs beside it. */
        preprocess: optional(amount),
        warmup: amount,
        /** All windows. */
        inference: amount,
        /** Reading outputs and ranking classes. */
        postprocess: optional(amount),
        /** Both baselines. */
        idle: optional(amount),
        /** Waiting for the machine to cool down. */
        cooldown: optional(amount),
      },
      strict,
    ),
    /** Seconds per batch. */
    latency: optional(
      Type.Object(
        {
          count,
          mean: amount,
          standardDeviation: amount,
          p50: amount,
          p90: amount,
          p95: amount,
          p99: amount,
          min: amount,
          max: amount,
          /** 95% interval of the mean. */
          low: amount,
          high: amount,
        },
        strict,
      ),
    ),
    throughput: optional(interval('imagesPerSecond')),
    energy: optional(EnergySchema),
    carbon: optional(
      Type.Object(
        {
          perInference: interval('grams'),
          total: interval('grams'),
          factor: carbonFactor,
          pue: amount,
          /** Where the PUE was not given by the user and is not 1. */
          pueSource: optional(text),
          /** Software Carbon Intensity of one inference, g CO2e: `grams` is `operational` and `embodied` together. */
          sci: optional(
            Type.Object(
              {
                grams: amount,
                operational: amount,
                embodied: amount,
                embodiedKilograms: amount,
                lifespanYears: amount,
                machineShare: amount,
              },
              strict,
            ),
          ),
        },
        strict,
      ),
    ),
    /** Litres that cooling uses up, by the water usage effectiveness in L/kWh. */
    water: optional(Type.Object({ wue: amount, perInference: amount, total: amount }, strict)),
    /** Of the electricity with PUE; negative where the price is. */
    cost: optional(
      Type.Object(
        {
          perInference: Type.Number(),
          total: Type.Number(),
          /** Mean by energy. */
          perKwh: optional(Type.Number()),
          currency: optional(text),
        },
        strict,
      ),
    ),
    /** What the CO2 costs society, US dollars; the range is of the figure per tonne alone. */
    socialCost: optional(
      Type.Object(
        { dollarsPerTonne: amount, low: amount, high: amount, source: text, perInference: amount, total: amount },
        strict,
      ),
    ),
    /** What so many inferences compare to. */
    equivalents: optional(Type.Array(Type.Object({ amount, unit: text, source: text, inferences: count }, strict))),
    /** What greenbench itself used beside the inference: CPU seconds, and its share of the joules. */
    own: optional(Type.Object({ cpuSeconds: amount, joules: optional(amount), share: optional(amount) }, strict)),
    /** State of the machine before and after, and what changed between. */
    conditions: Type.Record(text, Type.Unknown()),
    /** The machine: processors, memory, system. */
    host: Type.Record(text, Type.Unknown()),
    /** Of everything random. */
    seed: count,
    /** Set when the record was made from a trace: the record of the run itself, and the options that differ from it. */
    replay: optional(Type.Object({ of: optional(text), changed: Type.Array(text) }, strict)),
    samples,
  },
  strict,
)

/** Geometric mean of ratios of pairs, with its 95% interval. */
const pairedRatio = Type.Object({ ratio: amount, low: amount, high: amount, median: amount, pairs: count }, strict)

/** How engines compare that ran the same model in turn, at one batch size. */
export const ComparisonRecordSchema = Type.Object(
  {
    schemaVersion: Type.Literal(SCHEMA_VERSION),
    kind: Type.Literal('comparison'),
    id: text,
    startedAt: Type.String({ format: 'date-time' }),
    completedAt: Type.String({ format: 'date-time' }),
    complete: Type.Boolean(),
    model: ModelRecordSchema,
    batchSize: Type.Integer({ minimum: 1 }),
    /** Name of the engine that the others are compared with. */
    baseline: text,
    /** The baseline first. */
    engines: Type.Array(
      Type.Object(
        {
          name: text,
          version: text,
          executionProvider: text,
          threads: count,
          /** `id` of its inference record. */
          record: text,
          /** One per round. */
          blocks: Type.Array(
            Type.Object(
              { batches: count, secondsPerBatch: amount, joulesPerInference: optional(Type.Number()) },
              strict,
            ),
          ),
          /** Seconds per batch by those of the baseline: above 1 is slower. Absent for the baseline. */
          timeRatio: optional(pairedRatio),
          /** Joules by those of the baseline. */
          energyRatio: optional(pairedRatio),
          /** Largest difference of an output's elements to the baseline's, as a share of the largest element. */
          outputDifference: optional(amount),
        },
        strict,
      ),
    ),
    /** Names of the engines in the order in which they ran, a list for each round; drawn from `seed`. */
    order: Type.Array(Type.Array(text)),
    seed: count,
    missing: Type.Array(missing),
    warnings: Type.Array(WarningSchema),
    versions: Type.Record(text, text),
    options: Type.Record(text, Type.Unknown()),
  },
  strict,
)

/** A record of `greenbench inspect`. */
export type InspectionRecord = Static<typeof InspectionRecordSchema>
/** A record of a timed run at one batch size. */
export type InferenceRecord = Static<typeof InferenceRecordSchema>
/** A record of several engines that ran the same model in turn. */
export type ComparisonRecord = Static<typeof ComparisonRecordSchema>
/** The `model` of a record. */
export type ModelRecord = Static<typeof ModelRecordSchema>
/** The `counts` of a record. */
export type Counts = Static<typeof CountsSchema>
/** A row of `layers`. */
export type LayerRecord = Static<typeof LayerSchema>
/** The `energy` of a record. */
export type EnergyRecord = Static<typeof EnergySchema>
/** Any record that greenbench writes. */
export type ResultRecord = InspectionRecord | InferenceRecord | ComparisonRecord
