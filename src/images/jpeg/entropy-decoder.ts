/** Reads the Huffman-coded data of a scan, row of units by row of units, into coefficients. */
import { BLOCK, STATE } from '../vector/entropy-kernel.js'
import type { VectorKernel } from '../vector/vector-kernel.js'
import type { HuffmanTable } from './huffman-table.js'
import type { JpegFrame } from './jpeg-frame.js'
import type { Units } from './planes.js'

/** Bytes of a block's 64 coefficients. */
export const BLOCK_BYTES = 128

/** Place in a block, row by row, of each coefficient in zigzag order. */
const NATURAL_ORDER = Uint8Array.from(
  `0 1 8 16 9 2 3 10 17 24 32 25 18 11 4 5 12 19 26 33 40 48 41 34 27 20 13 6 7 14 21 28 35 42 49 56 57 50 43 36
  29 22 15 23 30 37 44 51 58 59 52 45 38 31 39 46 53 60 61 54 47 55 62 63`.split(/\s+/),
  Number,
)

/** What the loop needs of one block of a unit, and where the block lies in a row of units. */
interface BlockPlace {
  readonly tables: readonly [dc: number, ac: number, quantization: number, predictor: number]
  /** Bytes from the row's first coefficient to the first unit's block, and from unit to unit. */
  readonly start: number
  readonly step: number
}

/** A position in the scan. Reading never throws; what comes out of a scan `isBroken` must not be used. */
export class EntropyDecoder {
  private readonly state: number
  private readonly natural: number
  private readonly predictors: number
  private readonly records: number
  private readonly unused: number
  private readonly places: readonly BlockPlace[]
  private readonly view: DataView
  private untilRestart: number
  private restarts = 0

  constructor(
    private readonly kernel: VectorKernel,
    bytes: Uint8Array,
    private readonly frame: JpegFrame,
    private readonly units: Units,
  ) {
    const data = bytes.subarray(frame.start)
    const memory = new Pieces(kernel)
    this.state = memory.put(new Uint8Array(STATE.bytes))
    this.natural = memory.put(NATURAL_ORDER)
    this.predictors = memory.put(new Uint8Array(4 * frame.components.length))
    this.unused = memory.put(new Uint8Array(BLOCK_BYTES))
    this.places = blockPlaces(frame, units, memory, this.predictors)
    this.records = memory.put(new Uint8Array(this.places.length * BLOCK.bytes))
    const start = memory.put(data)
    memory.write()
    this.view = new DataView(kernel.bytes().buffer)
    this.view.setInt32(this.state + STATE.at, start, true)
    this.untilRestart = frame.restartInterval
    this.writeRecords()
  }

  get isBroken(): boolean {
    return this.view.getInt32(this.state + STATE.isBroken, true) !== 0
  }

  /** @param target - address of the coefficients of the row's needed units; without it the row is passed over */
  readRow(target: number | undefined): void {
    const { columns, firstColumn, lastColumn } = this.units
    const needed = target === undefined ? 0 : lastColumn - firstColumn + 1
    const before = target === undefined ? columns : firstColumn
    this.readUnits(before, undefined)
    this.readUnits(needed, target)
    this.readUnits(columns - before - needed, undefined)
  }

  /** @returns whether the scan ended just where the image did */
  isAtEnd(): boolean {
    return !this.isBroken && this.isBefore(0xd9)
  }

  private readUnits(count: number, target: number | undefined): void {
    for (const [index, { start, step }] of this.places.entries()) {
      const record = this.records + index * BLOCK.bytes
      this.view.setInt32(record + BLOCK.target, target === undefined ? this.unused : target + start, true)
      this.view.setInt32(record + BLOCK.step, target === undefined ? 0 : step, true)
    }
    for (let left = count; left > 0 && !this.isBroken; ) {
      if (this.frame.restartInterval > 0 && this.untilRestart === 0 && !this.restart()) return
      const units = this.frame.restartInterval > 0 ? Math.min(left, this.untilRestart) : left
      this.kernel.loops.readUnits(this.state, this.records, this.natural, this.places.length, units)
      this.untilRestart -= units
      left -= units
    }
  }

  /** Goes behind the restart marker that must come next. @returns whether it did */
  private restart(): boolean {
    // Anything else must not be passed over: the marker at the end is what keeps reading inside the file.
    if (!this.isBefore(0xd0 + (this.restarts++ & 7))) {
      this.view.setInt32(this.state + STATE.isBroken, 1, true)
      return false
    }
    this.view.setInt32(this.state + STATE.at, this.view.getInt32(this.state + STATE.at, true) + 2, true)
    this.view.setBigInt64(this.state + STATE.bits, 0n)
    this.view.setInt32(this.state + STATE.count, 0, true)
    this.view.setInt32(this.state + STATE.padding, 0, true)
    this.kernel.bytes().fill(0, this.predictors, this.predictors + 4 * this.frame.components.length)
    this.untilRestart = this.frame.restartInterval
    return true
  }

  /** @returns whether nothing but the filling of a byte is left before that marker */
  private isBefore(marker: number): boolean {
    const at = this.view.getInt32(this.state + STATE.at, true)
    const left =
      this.view.getInt32(this.state + STATE.count, true) - this.view.getInt32(this.state + STATE.padding, true)
    return left < 8 && this.view.getUint16(at) === 0xff00 + marker
  }

  private writeRecords(): void {
    for (const [index, { tables }] of this.places.entries()) {
      const record = this.records + index * BLOCK.bytes
      for (const [field, address] of tables.entries()) this.view.setInt32(record + BLOCK.dc + 4 * field, address, true)
    }
  }
}

/** The needed blocks of a row lie component by component, each row by row. */
function blockPlaces(frame: JpegFrame, units: Units, memory: Pieces, predictors: number): BlockPlace[] {
  const needed = units.lastColumn - units.firstColumn + 1
  let start = 0
  return frame.components.flatMap(({ across, down, dc, ac, quantization }, index) => {
    const tables = [
      memory.table(dc),
      memory.table(ac),
      memory.put(new Uint8Array(quantization.buffer)),
      predictors + 4 * index,
    ] as const
    const first = start
    start += needed * across * down * BLOCK_BYTES
    return Array.from({ length: across * down }, (_, block) => {
      const [row, column] = [Math.floor(block / across), block % across]
      return { tables, start: first + (row * needed * across + column) * BLOCK_BYTES, step: across * BLOCK_BYTES }
    })
  })
}

/** Takes memory piece by piece and writes all of it when the last one is taken, since taking may move the memory. */
class Pieces {
  private readonly pieces: [address: number, bytes: Uint8Array][] = []
  private readonly tables = new Map<HuffmanTable, number>()

  constructor(private readonly kernel: VectorKernel) {}

  put(bytes: Uint8Array): number {
    const address = this.kernel.take(bytes.length)
    this.pieces.push([address, bytes])
    return address
  }

  table(table: HuffmanTable): number {
    const address = this.tables.get(table) ?? this.put(table.bytes)
    this.tables.set(table, address)
    return address
  }

  write(): void {
    const memory = this.kernel.bytes()
    for (const [address, bytes] of this.pieces) memory.set(bytes, address)
  }
}
