/**
 * The loop that reads the Huffman-coded blocks of a JPEG.
 *
 * @see ITU-T T.81, F.2.2
 */
import {
  add,
  advance,
  and,
  type Code,
  call,
  forever,
  get,
  i32,
  i64,
  isEqual,
  isGreater,
  isLess,
  isNotEqual,
  leaveWhen,
  load,
  load8,
  load16,
  load64,
  multiply,
  or,
  or64,
  repeat,
  set,
  shiftLeft,
  shiftLeft64,
  shiftRight,
  shiftRight64,
  store,
  store16,
  store64,
  subtract,
  toInteger,
  toLong,
  type WasmFunction,
  when,
} from '../../core/wasm-code.js'

/** Addresses are bytes in the memory that all loops share. */
export interface EntropyKernel {
  /**
   * Reads units (MCU) one after the other.
   *
   * @param state - `STATE`, where reading stands
   * @param blocks - `BLOCK` records, one for each block of a unit, whose targets move on from unit to unit
   * @param natural - place in a block of each coefficient in zigzag order, bytes
   */
  readUnits(state: number, blocks: number, natural: number, blocksPerUnit: number, units: number): void
}

/** Bits that are looked at in one go. */
export const LOOK_BITS = 10

/** Offsets of the fields of the state; all i32 but the bits. */
export const STATE = {
  /** The lowest `count` of these 64 bits are those that come next. */
  bits: 0,
  count: 8,
  /** Address of the next byte. */
  at: 12,
  /** Bits among the `count` that stand in for data behind a marker. */
  padding: 16,
  /** 1 when the data cannot be what an encoder wrote, or so wild that decoders differ in what they make of it. */
  isBroken: 20,
  bytes: 24,
} as const

/** Offsets of the fields of a block's record; all addresses, i32. */
export const BLOCK = {
  dc: 0,
  ac: 4,
  /** Factors in zigzag order, i32. */
  quantization: 8,
  /** DC coefficient of the component's last block, i32. */
  predictor: 12,
  /** Where the 64 coefficients go, i16 row by row; must be zero there. */
  target: 16,
  /** What to add to `target` from unit to unit. */
  step: 20,
  bytes: 24,
} as const

/** Offsets in a Huffman table, see `HuffmanTable`. */
export const TABLE = {
  steps: 0,
  symbols: 4 << LOOK_BITS,
  largest: 6 << LOOK_BITS,
  offset: (6 << LOOK_BITS) + 68,
  ordered: (6 << LOOK_BITS) + 136,
  bytes: (6 << LOOK_BITS) + 136 + 256,
} as const

/** Run that stands for the end of a block: it leads beyond the last coefficient from any other. */
export const END_OF_BLOCK = 63

/** No picture has larger coefficients. */
const WILD_OFFSET = i32(4096)
const WILD = i32(~8191)

const [state, record, natural] = [0, 1, 2]
const [count, at, padding, isBroken, index, step, symbol, size] = [3, 4, 5, 6, 7, 8, 9, 10]
const [table, quantization, target, predictor, wild, word, bits] = [11, 12, 13, 14, 15, 16, 17]

/** `bits` from bit `count - length` up. */
const ahead = (length: Code): Code => toInteger(shiftRight64(get(bits), toLong(subtract(get(count), length))))

/** Takes 4 bytes at once where none of them is 0xff, else byte by byte; zeros where a marker stands. */
const fill: Code = when(isLess(get(count), i32(33)), [
  set(word, load(get(at))),
  when(
    // A byte of 0xff becomes 0 when inverted; the usual trick finds it.
    isEqual(and(and(subtract(invert(get(word)), i32(0x01010101)), get(word)), i32(-0x7f7f7f80)), i32(0)),
    [
      set(bits, or64(shiftLeft64(get(bits), i64(32)), toLong(reversed(get(word))))),
      advance(count, i32(32)),
      advance(at, i32(4)),
    ],
    [
      forever([
        set(word, load8(get(at))),
        when(
          isNotEqual(get(word), i32(255)),
          [advance(at, i32(1))],
          [
            when(
              isEqual(load8(get(at), 1), i32(0)),
              [advance(at, i32(2))],
              [set(word, i32(0)), advance(padding, i32(8))],
            ),
          ],
        ),
        set(bits, or64(shiftLeft64(get(bits), i64(8)), toLong(get(word)))),
        advance(count, i32(8)),
        leaveWhen(isGreater(get(count), i32(32))),
      ]),
    ],
  ),
])

function invert(value: Code): Code {
  return subtract(i32(-1), value)
}

/** The first byte in memory becomes the highest. */
function reversed(value: Code): Code {
  const odd = i32(0x00ff00ff)
  const swapped: Code = [
    ...or(shiftLeft(and(value, odd), i32(8)), and(shiftRight(value, i32(8)), odd)),
    // Both halves change places: i32.rotl by 16.
    ...[...i32(16), 0x77],
  ]
  return swapped
}

/** Sets `step`: from the table where code and value fit into a look, else part by part. */
const readStep: Code[] = [
  fill,
  set(word, and(ahead(i32(LOOK_BITS)), i32((1 << LOOK_BITS) - 1))),
  set(step, load(add(get(table), shiftLeft(get(word), i32(2))))),
  when(
    isNotEqual(get(step), i32(0)),
    [set(count, subtract(get(count), and(get(step), i32(31))))],
    [
      set(symbol, load16(add(get(table), shiftLeft(get(word), i32(1))), TABLE.symbols)),
      when(isNotEqual(get(symbol), i32(0)), takeKnownSymbol(), takeLongSymbol()),
      set(size, and(get(symbol), i32(15))),
      when(
        isEqual(get(size), i32(0)),
        // Of the symbols without a value only 0xf0 goes on.
        [set(step, i32(END_OF_BLOCK << 5)), when(isEqual(get(symbol), i32(0xf0)), [set(step, i32(15 << 5))])],
        takeValue(),
      ),
    ],
  ),
]

function takeKnownSymbol(): Code[] {
  return [set(count, subtract(get(count), shiftRight(get(symbol), i32(8)))), set(symbol, and(get(symbol), i32(255)))]
}

function takeLongSymbol(): Code[] {
  const entry = (offset: number): Code => load(add(get(table), shiftLeft(get(size), i32(2))), offset)
  return [
    set(word, and(ahead(i32(16)), i32(0xffff))),
    set(size, i32(LOOK_BITS + 1)),
    forever([
      leaveWhen(isLess(get(word), add(entry(TABLE.largest), i32(1)))),
      advance(size, i32(1)),
      leaveWhen(isGreater(get(size), i32(16))),
    ]),
    when(
      isGreater(get(size), i32(16)),
      [set(isBroken, i32(1))],
      [
        set(count, subtract(get(count), get(size))),
        set(symbol, add(shiftRight(get(word), subtract(i32(16), get(size))), entry(TABLE.offset))),
        set(symbol, load8(add(get(table), and(get(symbol), i32(255))), TABLE.ordered)),
      ],
    ),
  ]
}

/** Values whose first bit is 0 are negative. */
function takeValue(): Code[] {
  const power = (exponent: Code): Code => shiftLeft(i32(1), exponent)
  return [
    set(word, and(ahead(get(size)), subtract(power(get(size)), i32(1)))),
    set(count, subtract(get(count), get(size))),
    when(isLess(get(word), power(subtract(get(size), i32(1)))), [
      set(word, add(subtract(get(word), power(get(size))), i32(1))),
    ]),
    set(step, or(shiftLeft(get(word), i32(11)), shiftLeft(shiftRight(get(symbol), i32(4)), i32(5)))),
  ]
}

const run = and(shiftRight(get(step), i32(5)), i32(63))
const value = shiftRight(get(step), i32(11))
const factor = load(add(get(quantization), shiftLeft(get(index), i32(2))))

/** Keeps the coefficient in `word` in mind for its size, and puts it in its place. */
const keepCoefficient = (place: Code): Code[] => [
  set(wild, or(get(wild), add(get(word), WILD_OFFSET))),
  store16(add(get(target), shiftLeft(place, i32(1))), get(word)),
]

function readBlock(): WasmFunction {
  const body = [
    set(bits, load64(get(state), STATE.bits)),
    set(count, load(get(state), STATE.count)),
    set(at, load(get(state), STATE.at)),
    set(padding, load(get(state), STATE.padding)),
    set(quantization, load(get(record), BLOCK.quantization)),
    set(target, load(get(record), BLOCK.target)),
    set(predictor, load(get(record), BLOCK.predictor)),
    set(table, load(get(record), BLOCK.dc)),
    ...readStep,
    set(word, add(value, load(get(predictor)))),
    store(get(predictor), get(word)),
    set(word, multiply(get(word), factor)),
    ...keepCoefficient(i32(0)),
    set(table, load(get(record), BLOCK.ac)),
    set(index, i32(1)),
    forever([
      ...readStep,
      set(index, add(get(index), run)),
      leaveWhen(isGreater(get(index), i32(63))),
      set(word, multiply(value, factor)),
      ...keepCoefficient(load8(add(get(natural), get(index)))),
      set(index, add(get(index), i32(1))),
      set(step, i32(END_OF_BLOCK << 5)),
      leaveWhen(isEqual(get(index), i32(64))),
    ]),
    when(isNotEqual(run, i32(END_OF_BLOCK)), [set(isBroken, i32(1))]),
    when(isNotEqual(and(get(wild), WILD), i32(0)), [set(isBroken, i32(1))]),
    when(isLess(get(count), get(padding)), [set(isBroken, i32(1))]),
    when(get(isBroken), [store(get(state), i32(1), STATE.isBroken)]),
    store64(get(state), get(bits), STATE.bits),
    store(get(state), get(count), STATE.count),
    store(get(state), get(at), STATE.at),
    store(get(state), get(padding), STATE.padding),
    store(get(record), add(get(target), load(get(record), BLOCK.step)), BLOCK.target),
  ]
  return { name: 'readBlock', parameters: 3, integers: 14, longs: 1, body }
}

/** @param readBlockIndex - number of `readBlock` in the module */
function readUnits(readBlockIndex: number): WasmFunction {
  const [from, records, order, blocksPerUnit, units, left, block] = [0, 1, 2, 3, 4, 5, 6]
  const body = repeat(units, [
    set(block, get(records)),
    set(left, get(blocksPerUnit)),
    repeat(left, [call(readBlockIndex, get(from), get(block), get(order)), advance(block, i32(BLOCK.bytes))]),
  ])
  return { name: 'readUnits', parameters: 5, integers: 2, body: [body] }
}

/** @param first - number of the first of them in the module */
export const entropyFunctions = (first: number): readonly WasmFunction[] => [readBlock(), readUnits(first)]
