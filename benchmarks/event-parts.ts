/** Pieces that lines of several kinds of trace have in common. */
import { type TSchema, Type } from 'typebox'

/** Any text of a sensible length. */
export const text = Type.String({ maxLength: 100_000 })
/** A moment. */
export const date = Type.String({ format: 'date-time' })
/** Any number. */
export const number = Type.Number()
/** A number from 0. */
export const amount = Type.Number({ minimum: 0 })
/** Seconds; three years at most. */
export const duration = Type.Number({ minimum: 0, maximum: 1e8 })
/** A whole number from 0. */
export const count = Type.Integer({ minimum: 0 })
/** A field that may be absent. */
export const optional = <T extends TSchema>(schema: T) => Type.Optional(schema)

/** Doubts with their hints. */
export const warnings = Type.Array(
  Type.Object({ code: Type.Unsafe<`W_${string}`>(Type.String({ pattern: '^W_' })), message: text, hint: text }),
)

/** Figures of a carbon intensity that changes, in order; each holds until the next. */
export const intensities = Type.Array(Type.Object({ from: date, gramsPerKwh: amount }), {
  minItems: 1,
  maxItems: 100_000,
})

/** The fields of the machine's state that anything is worked out from; others are kept as they are. */
export const conditions = Type.Object({
  at: number,
  ownCpuSeconds: number,
  cpuTimes: optional(Type.Object({ busy: number, idle: number, stolen: number })),
  throttleCount: optional(number),
  quotaSeconds: optional(number),
  swappedInPages: optional(number),
  usedMemoryBytes: optional(number),
  memoryBytes: number,
  isOnBattery: optional(Type.Boolean()),
  isVirtual: Type.Boolean(),
})

/** Who used the machine up to a moment. */
export const use = Type.Object({
  busySeconds: amount,
  treeSeconds: amount,
  treeBytes: optional(amount),
  usedBytes: optional(amount),
})
