/** Multiply-accumulates in the unit that energy per inference has: of one input, not of a batch. */

/**
 * @param counts - as records have them: of `batchSize` inputs together, of one where that is absent
 * @returns MACs of one inference; `undefined` where they are not known
 */
export const macsPerInference = (
  counts: { readonly macs?: number; readonly batchSize?: number } | undefined,
): number | undefined => (counts?.macs === undefined ? undefined : counts.macs / (counts.batchSize ?? 1))
