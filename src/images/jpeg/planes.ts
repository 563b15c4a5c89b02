/** Which blocks of a JPEG the part that counts needs, and where their samples lie. */
import type { ResampleWeights } from '../resample.js'
import type { Weights } from '../resample-weights.js'
import type { VectorKernel } from '../vector/vector-kernel.js'
import type { JpegFrame } from './jpeg-frame.js'

/** Units (MCU) of the image, and the range of those that are needed. */
export interface Units {
  readonly columns: number
  readonly rows: number
  readonly firstColumn: number
  readonly lastColumn: number
  readonly firstRow: number
  readonly lastRow: number
  /** Needed blocks of a row of units, all components. */
  readonly blocksPerRow: number
  /** Needed samples, all components. */
  readonly samples: number
}

/** Samples of one component: those of the needed units. */
export interface Plane {
  readonly address: number
  readonly stride: number
  /** Blocks in a row. */
  readonly blocks: number
  readonly down: number
  /** Place of the first sample in the whole component. */
  readonly left: number
  readonly top: number
  /** Size of the whole component; samples beyond are filling. */
  readonly width: number
  readonly height: number
}

/** @returns `undefined` for images that are so narrow that libjpeg does not smooth their colours */
export function unitsOf(frame: JpegFrame, { columns, rows }: ResampleWeights): Units | undefined {
  const [{ across = 1, down = 1 } = {}] = frame.components
  if (across > 1 && Math.ceil(frame.width / across) <= 2) return undefined
  const [firstColumn, lastColumn] = neededUnits(columns, across, frame.width)
  const [firstRow, lastRow] = neededUnits(rows, down, frame.height)
  const perUnit = frame.components.reduce((sum, component) => sum + component.across * component.down, 0)
  const blocksPerRow = perUnit * (lastColumn - firstColumn + 1)
  return {
    columns: Math.ceil(frame.width / (8 * across)),
    rows: Math.ceil(frame.height / (8 * down)),
    firstColumn,
    lastColumn,
    firstRow,
    lastRow,
    blocksPerRow,
    samples: blocksPerRow * (lastRow - firstRow + 1) * 64,
  }
}

/** Halved colours need a neighbour on either side. */
function neededUnits({ from, length }: Weights, factor: number, size: number): [number, number] {
  const margin = factor > 1 ? factor : 0
  const last = Math.min(size - 1, from + length - 1 + margin)
  return [Math.floor(Math.max(0, from - margin) / (8 * factor)), Math.floor(last / (8 * factor))]
}

export function planesOf(kernel: VectorKernel, frame: JpegFrame, units: Units): Plane[] {
  const [{ across: most = 1, down: deepest = 1 } = {}] = frame.components
  return frame.components.map(({ across, down }) => {
    const blocks = (units.lastColumn - units.firstColumn + 1) * across
    const lines = (units.lastRow - units.firstRow + 1) * down * 8
    return {
      address: kernel.take(blocks * 8 * lines),
      stride: blocks * 8,
      blocks,
      down,
      left: units.firstColumn * across * 8,
      top: units.firstRow * down * 8,
      width: Math.ceil((frame.width * across) / most),
      height: Math.ceil((frame.height * down) / deepest),
    }
  })
}
