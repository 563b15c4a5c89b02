/** Threads that decode images, and go on doing so while the main thread is busy. */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { GreenbenchError, InterruptedError } from '../core/errors.js'
import { workerFlags } from '../core/worker-flags.js'
import {
  CONTROL,
  type FromWorker,
  type Job,
  type JobResult,
  type ToWorker,
  type WorkerSettings,
} from './preparation.js'
import { compileLoops } from './vector/vector-kernel.js'

/** What all threads of a pool share. */
export interface PoolSettings extends Pick<WorkerSettings, 'input' | 'normalization' | 'decode'> {
  readonly bytesPerImage: number
  readonly threads: number
  /** Jobs that may be open at once: waiting, being done, or done and not taken. */
  readonly openJobs: number
  readonly signal: AbortSignal | undefined
}

/** Opened by `open`, closed by `close`; results come in any order. */
export class DecodePool {
  private readonly claims: Int32Array
  private readonly control = new Int32Array(new SharedArrayBuffer(4 * CONTROL.count))
  private readonly workers: Worker[] = []
  private readonly ports: MessagePort[] = []
  private readonly results: JobResult[] = []
  private readyThreads = 0
  private failure: unknown
  private isClosing = false
  private wake: () => void = () => {}

  private constructor(private readonly settings: PoolSettings) {
    this.claims = new Int32Array(new SharedArrayBuffer(4 * settings.openJobs))
    settings.signal?.addEventListener('abort', this.onAbort)
  }

  /** Starts the threads and waits until each has loaded its decoder, so that this time is not taken for decoding. */
  static async open(settings: PoolSettings): Promise<DecodePool> {
    const pool = new DecodePool(settings)
    try {
      pool.start()
      while (pool.readyThreads < settings.threads) await pool.arrival()
      return pool
    } catch (cause) {
      pool.close()
      throw cause
    }
  }

  get threads(): number {
    return this.settings.threads
  }

  get openJobs(): number {
    return this.settings.openJobs
  }

  /** Gives a job to whichever thread is free first. No other open job may have the same claim. */
  post(job: Job): void {
    Atomics.store(this.claims, job.claim, job.number)
    for (const port of this.ports) port.postMessage([job] satisfies ToWorker)
  }

  /** @returns what has come since the last call, without waiting for a turn of the event loop */
  takeResults(): readonly JobResult[] {
    for (const port of this.ports) {
      for (let message = receiveMessageOnPort(port); message !== undefined; message = receiveMessageOnPort(port)) {
        this.receive(message.message as FromWorker)
      }
    }
    return this.results.splice(0)
  }

  /**
   * Waits until something has come.
   *
   * @throws {InterruptedError} as soon as the signal is aborted
   * @throws {GreenbenchError} `E_DECODER` when a thread has died
   */
  async arrival(): Promise<void> {
    this.check()
    if (this.results.length > 0) return
    for (const worker of this.workers) worker.ref()
    for (const port of this.ports) port.ref()
    await new Promise<void>((resolve) => {
      this.wake = resolve
    })
    this.rest()
    this.check()
  }

  /** Lets the threads finish the image they are at, and no other; does not wait for them. */
  close(): void {
    this.isClosing = true
    Atomics.store(this.control, CONTROL.isClosing, 1)
    this.settings.signal?.removeEventListener('abort', this.onAbort)
    for (const port of this.ports) port.postMessage('close' satisfies ToWorker)
    this.rest()
  }

  private start(): void {
    const { input, normalization, decode, bytesPerImage, threads } = this.settings
    const [claims, control] = [this.claims.buffer, this.control.buffer] as SharedArrayBuffer[]
    const shared = { input, normalization, decode, bytesPerImage, claims, control, loops: compileLoops() }
    for (let thread = 0; thread < threads; thread++) {
      const { port1, port2 } = new MessageChannel()
      const settings = { ...shared, port: port2 }
      const worker = new Worker(workerUrl(), {
        workerData: settings,
        transferList: [port2],
        name: 'image decoder',
        execArgv: workerFlags(),
      })
      worker.on('error', (cause) => this.fail(cause))
      worker.on('exit', () => this.fail(new Error('a decoding thread has ended')))
      port1.on('message', (message: FromWorker) => this.receive(message))
      this.workers.push(worker)
      this.ports.push(port1)
    }
    this.rest()
  }

  /** While nobody waits, the threads do not keep the process alive. */
  private rest(): void {
    for (const worker of this.workers) worker.unref()
    for (const port of this.ports) port.unref()
  }

  private receive(message: FromWorker): void {
    if (message === 'ready') this.readyThreads++
    else this.results.push(message)
    this.wake()
  }

  private fail(cause: unknown): void {
    if (this.isClosing) return
    this.failure ??= new GreenbenchError('E_DECODER', `an image decoder has stopped: ${messageOf(cause)}`, {
      hint: 'try fewer images at once, or report the image that it was at',
      cause,
    })
    this.wake()
  }

  private readonly onAbort = (): void => this.wake()

  private check(): void {
    if (this.settings.signal?.aborted) throw new InterruptedError()
    if (this.failure !== undefined) throw this.failure
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** Threads run compiled code; tests run the sources, and find it where the build puts it. */
function workerUrl(): URL {
  const here = import.meta.url
  const compiled = here.endsWith('.ts') ? '../../dist/src/images/decode-worker.js' : './decode-worker.js'
  return new URL(compiled, here)
}
