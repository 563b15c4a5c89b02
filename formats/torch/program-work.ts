/** Bounds how much is done while one program is followed: a file of a few lines may ask for anything, again and again. */
import { UnsupportedError } from '../../src/core/errors.js'

/**
 * Of one walk through the program, and of all walks together; each starts anew with what is known of the inputs by then. A step
 * is a statement or an expression, about half a microsecond. Published models take some ten thousand, the largest 200,000.
 */
const MOST_STEPS = 3_000_000
const MOST_STEPS_TOGETHER = 2 * MOST_STEPS
/** Elements of constants that are computed may take so much of them; further ones are left to the engine. */
const MOST_STEPS_OF_FOLDING = MOST_STEPS / 2

/** Writing a node, or computing what it gives. */
const STEPS_OF_NODE = 10
const STEPS_OF_OUTPUT = 10
/** Elements that are read in the time of a step, and bytes that are written. */
const ELEMENTS_OF_STEP = 128
const BYTES_OF_STEP = 160

/** Counts what is done for one program, in all attempts at it. */
export class ProgramWork {
  #steps = 0
  #folding = 0
  #together = 0

  /** The program is followed from its start again. */
  startOver(): void {
    this.#steps = 0
    this.#folding = 0
  }

  /**
   * @param where - tells for an error which part of the program asks for it
   * @throws {UnsupportedError} `E_TORCH_WORK` where it is too much
   */
  spend(steps: number, where?: () => string): void {
    this.#steps += steps
    this.#together += steps
    if (this.#steps > MOST_STEPS || this.#together > MOST_STEPS_TOGETHER) throw tooMuch(where?.())
  }

  spendOnNode(inputs: number, outputs: number): void {
    this.spend(STEPS_OF_NODE + inputs + STEPS_OF_OUTPUT * outputs)
  }

  /** @param elements - how many are read, for the `bytes` that are made of them */
  spendOnConstant(elements: number, bytes: number): void {
    const steps = elements / ELEMENTS_OF_STEP + bytes / BYTES_OF_STEP
    this.#folding += steps
    this.spend(steps)
  }

  /** Whether constants may still be computed that an engine could compute as well. */
  get leavesFolding(): boolean {
    return this.#folding < MOST_STEPS_OF_FOLDING
  }
}

function tooMuch(where: string | undefined): UnsupportedError {
  const place = where === undefined ? '' : `${where}: `
  return new UnsupportedError('E_TORCH_WORK', `${place}the model takes more than ${MOST_STEPS} steps to follow`, {
    hint: 'compute tables once, outside of loops, or keep them in the model (self.register_buffer); or export it: torch.onnx.export',
  })
}
