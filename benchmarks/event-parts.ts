/** Pieces that lines of several kinds of trace have in common. */
import { type TSchema, Type } from 'typebox'

const text = Type.String({ maxLength: 100_000 })
const number = Type.Number()
const amount = Type.Number({ minimum: 0 })
const optional = <T extends TSchema>(schema: T) => Type.Optional(schema)

/** Doubts with their hints. */
export const warnings = Type.Array(
  Type.Object({ code: Type.Unsafe<`W_${string}`>(Type.String({ pattern: '^W_' })), message: text, hint: text }),
)

/** Figures of a carbon intensity that changes, in order; each holds until the next. */
export const intensities = Type.Array(
  Type.Object({ from: Type.String({ format: 'date-time' }), gramsPerKwh: amount }),
  {
    minItems: 1,
    maxItems: 100_000,
  },
)

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
