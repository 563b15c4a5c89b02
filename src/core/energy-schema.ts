/** The part of a record that tells joules and what they became. */
import { type Static, Type } from 'typebox'
import { amount, count, interval, optional, strict, text } from './record-parts.js'

/** How much CO2 a kWh causes, and who says so. */
export const CarbonFactorSchema = Type.Object(
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

const ends = Type.Object({ low: Type.Number(), high: Type.Number() }, strict)

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
     * is split by CPU time, that of memory by memory in use; `unattributed`: of boards, which do not tell. What is above idle
     * may be below nothing where it is lost in the noise.
     */
    attribution: optional(
      Type.Object(
        {
          /** Of the CPU time of all processes while the windows ran, 0 to 1. */
          cpuShare: amount,
          /** Of the memory in use at their end, shared pages by their share. */
          memoryShare: optional(amount),
          joules: Type.Object(
            { idle: amount, process: Type.Number(), others: Type.Number(), unattributed: Type.Number() },
            strict,
          ),
          /** Of what is above idle, 95%, J; the split by CPU time itself is a convention and has none. */
          intervals: optional(Type.Object({ process: ends, others: ends, unattributed: ends }, strict)),
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

/** The `energy` of a record. */
export type EnergyRecord = Static<typeof EnergySchema>
