/** A thread that decodes images into memory, which it then hands over. */
import { workerData } from 'node:worker_threads'
import sharp from 'sharp'
import { decodeImage } from './decode-image.js'
import { elementsOf } from './element-table.js'
import { fillTensor, tensorWriter } from './fill-tensor.js'
import {
  CONTROL,
  type FromWorker,
  type Job,
  type JobResult,
  type ToWorker,
  type WorkerSettings,
} from './preparation.js'
import { readImageFile } from './read-file.js'
import { shareKernel } from './vector/shared-kernel.js'

// One image keeps one thread busy; more images, not more threads per image, fill the machine.
sharp.concurrency(1)
// Each image is decoded once: a cache of operations would only hold memory.
sharp.cache(false)

const settings = workerData as WorkerSettings
const { input, port, bytesPerImage } = settings
const writer = tensorWriter(input, settings.normalization)
const claims = new Int32Array(settings.claims)
const control = new Int32Array(settings.control)
const queue: Job[] = []
let isBusy = false
shareKernel(settings.loops)

port.on('message', (message: ToWorker) => {
  if (message === 'close') return port.close()
  queue.push(...message)
  if (!isBusy) void work()
})
port.postMessage('ready' satisfies FromWorker)

async function work(): Promise<void> {
  isBusy = true
  for (let job = queue.shift(); job !== undefined && !isClosing(); job = queue.shift()) {
    if (Atomics.compareExchange(claims, job.claim, job.number, 0) !== job.number) continue
    const result: FromWorker = await decodeJob(job)
    port.postMessage(result, [result.elements])
  }
  isBusy = false
}

const isClosing = (): boolean => Atomics.load(control, CONTROL.isClosing) === 1

async function decodeJob({ number, paths }: Job): Promise<JobResult> {
  const startedAt = performance.timeOrigin + performance.now()
  const elements = new ArrayBuffer(paths.length * bytesPerImage)
  const reasons: (string | undefined)[] = []
  let offset = 0
  for (const path of paths) {
    const reason = isClosing() ? 'interrupted' : await decodeTo(elements, offset, path)
    if (reason === undefined) offset += bytesPerImage
    reasons.push(reason)
  }
  return { number, elements, reasons, startedAt, endedAt: performance.timeOrigin + performance.now() }
}

/** @returns why the image cannot be used, or `undefined` when it lies in its place */
async function decodeTo(elements: ArrayBuffer, offset: number, path: string): Promise<string | undefined> {
  try {
    const pixels = await decodeImage(sharp, readImageFile(path), settings.decode, takeTurn)
    fillTensor(writer, pixels, elementsOf(input.dtype, elements, offset, writer.length))
    return undefined
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}

async function takeTurn<T>(task: () => Promise<T>): Promise<T> {
  while (Atomics.compareExchange(control, CONTROL.turn, 0, 1) !== 0) Atomics.wait(control, CONTROL.turn, 1)
  try {
    return await task()
  } finally {
    Atomics.store(control, CONTROL.turn, 0)
    Atomics.notify(control, CONTROL.turn, 1)
  }
}
