/** Decimal numbers as people write them, in another unit. */

/**
 * The number nearest to a decimal times a power of ten: `70%` is 0.7, which 70 times 0.01 is not.
 *
 * @param text - digits, with a point and an exponent where there are such, e.g. `2.5e-3`
 * @returns `NaN` for any other text
 */
export function scaledDecimal(text: string, exponent: number): number {
  const [, digits = '', own = '0'] = /^(\d+\.?\d*|\.\d+)(?:e([+-]?\d{1,3}))?$/i.exec(text) ?? []
  return digits === '' ? Number.NaN : Number(`${digits}e${Number(own) + exponent}`)
}
