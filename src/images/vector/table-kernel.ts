/** The loop that turns pixels into a model's numbers by table. */
import {
  add,
  advance,
  type Code,
  get,
  i32,
  load,
  load8,
  load16,
  load64,
  multiply,
  repeat,
  store,
  store8,
  store16,
  store64,
  type WasmFunction,
} from '../../core/wasm-code.js'

/** Writes `table[source[i * sourceStep]]` for each of `count` pixels, `targetStep` bytes apart. */
type MapChannel = (
  source: number,
  sourceStep: number,
  table: number,
  target: number,
  targetStep: number,
  count: number,
) => void

/** One loop for each size of an element, bytes; addresses are bytes in the memory that all loops share. */
export interface TableKernel {
  readonly mapChannel1: MapChannel
  readonly mapChannel2: MapChannel
  readonly mapChannel4: MapChannel
  readonly mapChannel8: MapChannel
}

function mapChannel(
  bytes: number,
  read: (address: Code) => Code,
  write: (address: Code, value: Code) => Code,
): WasmFunction {
  const [source, sourceStep, table, target, targetStep, count] = [0, 1, 2, 3, 4, 5]
  const element = read(add(get(table), multiply(load8(get(source)), i32(bytes))))
  const body = repeat(count, [
    write(get(target), element),
    advance(source, get(sourceStep)),
    advance(target, get(targetStep)),
  ])
  return { name: `mapChannel${bytes}`, parameters: 6, integers: 0, body: [body] }
}

export const TABLE_FUNCTIONS: readonly WasmFunction[] = [
  mapChannel(1, load8, store8),
  mapChannel(2, load16, store16),
  mapChannel(4, load, store),
  mapChannel(8, load64, store64),
]
