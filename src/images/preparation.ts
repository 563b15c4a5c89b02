/** What the threads of the decoder and the thread that hands out batches tell each other. */
import type { MessagePort } from 'node:worker_threads'
import type { DecodeOptions } from './decode-image.js'
import type { ImageInput, Normalization } from './image-input.js'

/** What a decoding thread is started with. */
export interface WorkerSettings {
  readonly input: ImageInput
  readonly normalization: Normalization
  readonly decode: DecodeOptions
  readonly bytesPerImage: number
  /**
   * One number per job that may be open at once: the job's number, or 0 when a thread has taken it. Every thread is told
   * of every job, and the first one to find its number here does it; so no thread idles while another has jobs left,
   * and none has to wait for the main thread, which an inference may keep busy.
   */
  readonly claims: SharedArrayBuffer
  /** The numbers of `CONTROL`. */
  readonly control: SharedArrayBuffer
  /** What `compileLoops` gave the main thread. */
  readonly loops: object | undefined
  /** Where jobs come from and results go. */
  readonly port: MessagePort
}

/** Indices of the numbers that all threads share. */
export const CONTROL = {
  /** 1 while a thread has a large image in memory. */
  turn: 0,
  /** 1 when no further image is to be decoded. A message would wait until a thread has done its jobs. */
  isClosing: 1,
  count: 2,
} as const

/** Some images to decode, in this order. Numbers run from 1 in the order of the files. */
export interface Job {
  readonly number: number
  readonly claim: number
  readonly paths: readonly string[]
}

/** What came of a job. Times are milliseconds since 1970. */
export interface JobResult {
  readonly number: number
  /** The elements of the images that can be used, one after the other, in memory for all of the job's. */
  readonly elements: ArrayBuffer
  /** One entry per path: why the image cannot be used, or `undefined` when it lies in `elements`. */
  readonly reasons: readonly (string | undefined)[]
  readonly startedAt: number
  readonly endedAt: number
}

/** What the main thread tells a decoding thread. */
export type ToWorker = readonly Job[] | 'close'

/** What a decoding thread tells the main thread: that it is loaded, then the results. */
export type FromWorker = JobResult | 'ready'
