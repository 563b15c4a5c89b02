/** Which of the machine's NVIDIA boards are counted: those that were asked for, else those that the process may use. */
import { UsageError } from '../src/core/errors.js'

/** What a board may be asked for by. */
export interface NamedBoard {
  readonly index: number
  readonly uuid: string
}

/** The boards that are counted, and what is doubtful about the choice. */
export interface BoardChoice<Board> {
  readonly boards: readonly Board[]
  readonly note?: string
}

/** Where wishes come from. */
export interface GpuWishes {
  /** Indices as `nvidia-smi` shows them, or UUIDs or their beginnings. */
  readonly asked?: readonly string[] | undefined
  /** `CUDA_VISIBLE_DEVICES` and `CUDA_DEVICE_ORDER`. */
  readonly visible?: string | undefined
  readonly order?: string | undefined
  /** UUID of the board that holds an instance. */
  readonly boardOfInstance: (uuid: string) => string | undefined
}

/**
 * CUDA numbers boards by speed unless `CUDA_DEVICE_ORDER` is `PCI_BUS_ID`, and stops at the first entry that it does not
 * know; an empty variable hides all boards.
 *
 * @see https://docs.nvidia.com/cuda/cuda-c-programming-guide/#cuda-environment-variables
 * @throws {UsageError} `E_GPU_UNKNOWN` when a board that was asked for is not there
 */
export function chooseBoards<Board extends NamedBoard>(
  boards: readonly Board[],
  { asked, visible, order, boardOfInstance }: GpuWishes,
): BoardChoice<Board> {
  const find = (entry: string): Board | undefined => findBoard(boards, entry, boardOfInstance)
  if (asked !== undefined) return { boards: unique(asked.map((entry) => find(entry) ?? unknown(entry, boards))) }
  if (visible === undefined) return { boards }
  const entries = visible.split(',').map((entry) => entry.trim())
  const found = entries.map(find)
  const end = found.indexOf(undefined)
  const chosen = unique(found.slice(0, end < 0 ? undefined : end).filter((board) => board !== undefined))
  const isByNumber = entries.some((entry) => /^\d+$/.test(entry))
  const isAmbiguous = isByNumber && order !== 'PCI_BUS_ID' && chosen.length < boards.length && boards.length > 1
  return isAmbiguous ? { boards: chosen, note: ORDER_NOTE } : { boards: chosen }
}

const ORDER_NOTE =
  'CUDA_VISIBLE_DEVICES is taken in the order of PCI addresses; set CUDA_DEVICE_ORDER=PCI_BUS_ID so that CUDA does, too'

function findBoard<Board extends NamedBoard>(
  boards: readonly Board[],
  entry: string,
  boardOfInstance: (uuid: string) => string | undefined,
): Board | undefined {
  if (/^\d{1,4}$/.test(entry)) return boards.find(({ index }) => index === Number(entry))
  const old = /^MIG-(GPU-[\w-]+)(?:\/\d+)*$/.exec(entry)?.[1]
  const uuid = old ?? (entry.startsWith('MIG-') ? boardOfInstance(entry) : entry)
  if (uuid === undefined || uuid.length < 5) return undefined
  const matching = boards.filter((board) => board.uuid.startsWith(uuid))
  return matching.length === 1 ? matching[0] : undefined
}

function unknown(entry: string, boards: readonly NamedBoard[]): never {
  throw new UsageError('E_GPU_UNKNOWN', `there is no GPU "${entry.slice(0, 60)}"`, {
    hint: `choose from ${boards.map(({ index, uuid }) => `${index} (${uuid})`).join(', ')}`,
  })
}

const unique = <Item>(items: readonly Item[]): readonly Item[] => [...new Set(items)]
