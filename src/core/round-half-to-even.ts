/** Rounding as IEEE 754, ONNX and Python have it. */

/** @returns the nearest whole number; of two equally near ones the even one */
export function roundHalfToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  if (rest !== 0.5) return Math.round(value)
  return below % 2 === 0 ? below : below + 1
}
