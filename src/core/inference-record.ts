/** The record of a timed run at one batch size. */
import { type Static, Type } from 'typebox'
import { CarbonFactorSchema, EnergySchema } from './energy-schema.js'
import { LayerSchema } from './inspection-record.js'
import { amount, count, head, interval, optional, strict, text } from './record-parts.js'

const samples = Type.Object(
  {
    /** Seconds per batch in the order they ran, to the nanosecond, thinned evenly when there were more than the limit. */
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

/** What a timed run at one batch size found out. */
export const InferenceRecordSchema = Type.Object(
  {
    ...head,
    /** The costliest layers of one inference of the batch, by multiply-accumulates. */
    layers: optional(Type.Array(LayerSchema)),
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
          factor: CarbonFactorSchema,
          /** Of the whole data centre by its machines. */
          pue: Type.Number({ minimum: 1 }),
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
    /**
     * What greenbench itself used beside the inference: CPU seconds, their share of the CPU time of this process, and by that
     * share an estimate of the joules above idle, absent where these may be nothing.
     */
    own: optional(
      Type.Object(
        {
          ...{ cpuSeconds: amount, joules: optional(amount), low: optional(amount), high: optional(amount) },
          share: optional(amount),
        },
        strict,
      ),
    ),
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

/** A record of a timed run at one batch size. */
export type InferenceRecord = Static<typeof InferenceRecordSchema>
