/** Which sizes of inputs stay free where a user or a trace states them: the batch, and what has a size of its own in its place. */
import { type Shape, symbol } from '../../../src/graph/dimension.js'

/** Recurrent layers over samples first: their states still have the layers first, `[layers, N, H]`. */
const SAMPLES_FIRST = /\btorch\.(lstm|gru|rnn_tanh|rnn_relu)\([^\n]{0,500}, True\)/

/** @returns whether a recurrent layer of the program reads `[N, T, F]` */
export function readsSamplesFirst(code: ReadonlyMap<string, string>): boolean {
  return [...code.values()].some((text) => SAMPLES_FIRST.test(text))
}

/**
 * Frees the first axis of each input. Those of one size have one name: that of the first input is N, another size is
 * named after the first input that has it.
 *
 * @param stated - sizes by the user or of the trace, for each input
 * @param isSamplesFirst - as `readsSamplesFirst` tells: then states of recurrent layers have the batch on their second axis
 * @returns for each input its shape; `undefined` where nothing is stated
 */
export function freedShapes(
  names: readonly string[],
  stated: readonly (readonly number[] | undefined)[],
  isSamplesFirst: boolean,
): readonly (Shape | undefined)[] {
  const [first] = stated.filter((sizes) => sizes !== undefined && sizes.length > 0)
  const batch = first?.[0]
  const free = new Map(batch === undefined ? [] : [[batch, 'N']])
  return stated.map((sizes, index) => {
    const [size = 0, second] = sizes ?? []
    if (sizes === undefined || size <= 0) return sizes
    const isState = isSamplesFirst && sizes !== first && sizes.length === 3 && second === batch
    if (isState) return sizes.map((part, axis) => (axis === 1 ? symbol('N') : part))
    if (!free.has(size)) free.set(size, `${names[index]}_N`)
    return [symbol(free.get(size) ?? 'N'), ...sizes.slice(1)]
  })
}
