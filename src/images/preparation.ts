/** What the threads of the decoder and the thread that hands out batches tell each other. */
import type { MessagePort } from 'node:worker_threads'
import type { DecodeOptions } from './decode-image.js'
import type { ImageInput, Normalization } from './image-input.js'

/** What a decoding thread is started with. */
export interface WorkerSettings {
  readonly input: ImageInput
  readonly normalization: Normalization
  readonly decode: DecodeOptions
  /** Places for one image each, `bytesPerImage` apart. */
  readonly slots: SharedArrayBuffer
  /**
   * One number per slot: the job that may be taken into it, or 0 when it is taken. Every thread is told of every job,
   * and the first one to find its number here does it; so no thread idles while another has jobs left, and none has to
   * wait for the main thread, which an inference may keep busy.
   */
  readonly claims: SharedArrayBuffer
  /** One number: 1 while a thread has a large image in memory. */
  readonly turn: SharedArrayBuffer
  /** What `compileLoops` gave the main thread. */
  readonly loops: object | undefined
  /** Where jobs come from and results go. */
  readonly port: MessagePort
}

/** One image to decode. Numbers run from 1 in the order of the files. */
export interface Job {
  readonly number: number
  readonly slot: number
  readonly path: string
}

/** What came of a job. Times are milliseconds since 1970. */
export interface JobResult {
  readonly number: number
  /** Absent when the image lies in its slot. */
  readonly reason?: string
  readonly startedAt: number
  readonly endedAt: number
}

/** What the main thread tells a decoding thread. */
export type ToWorker = readonly Job[] | 'close'

/** What a decoding thread tells the main thread: that it is loaded, then the results. */
export type FromWorker = JobResult | 'ready'
