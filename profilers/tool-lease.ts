/** Which process a tool runs as, told in shared memory: whoever ends at any moment can end it too, and none starts after. */

/** Words: how far it is, and the number of its process. */
const [PHASE, PROCESS] = [0, 1]
const [FREE, STARTING, STARTED, CLOSED] = [0, 1, 2, 3]
/** Longer than the system takes to start a process. */
const LONGEST_START_MILLISECONDS = 5000

/** One side starts the tool, the other closes the lease. */
export class ToolLease {
  readonly shared: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(shared = new SharedArrayBuffer(8)) {
    this.shared = shared
    this.#words = new Int32Array(shared)
  }

  /**
   * @param start - starts it and returns at once, with its process where it has one
   * @returns what `start` gives; `undefined` when the lease was closed before, and nothing was started
   */
  start<Tool extends { readonly pid?: number | undefined }>(start: () => Tool): Tool | undefined {
    if (Atomics.compareExchange(this.#words, PHASE, FREE, STARTING) !== FREE) return undefined
    try {
      const tool = start()
      Atomics.store(this.#words, PROCESS, tool.pid ?? 0)
      return tool
    } finally {
      Atomics.store(this.#words, PHASE, STARTED)
      Atomics.notify(this.#words, PHASE)
    }
  }

  /** The tool has ended: its number may soon be that of another process. */
  release(): void {
    Atomics.store(this.#words, PROCESS, 0)
  }

  /** Ends the tool with force; one that is just being started is waited for. */
  close(): void {
    if (Atomics.compareExchange(this.#words, PHASE, FREE, CLOSED) === STARTING)
      Atomics.wait(this.#words, PHASE, STARTING, LONGEST_START_MILLISECONDS)
    const pid = Atomics.exchange(this.#words, PROCESS, 0)
    if (pid > 0) endProcess(pid)
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
