/** A thread that decodes images into shared memory, one after the other. */
import { workerData } from 'node:worker_threads'
import sharp from 'sharp'
import { decodeImage } from './decode-image.js'
import { elementsOf } from './element-table.js'
import { fillTensor, tensorWriter } from './fill-tensor.js'
import type { FromWorker, Job, JobResult, ToWorker, WorkerSettings } from './preparation.js'
import { readImageFile } from './read-file.js'
import { shareKernel } from './vector/shared-kernel.js'

// One image keeps one thread busy; more images, not more threads per image, fill the machine.
sharp.concurrency(1)
// Each image is decoded once: a cache of operations would only hold memory.
sharp.cache(false)

const settings = workerData as WorkerSettings
const { input, port } = settings
const writer = tensorWriter(input, settings.normalization)
const claims = new Int32Array(settings.claims)
const turn = new Int32Array(settings.turn)
const bytesPerImage = settings.slots.byteLength / claims.length
const queue: Job[] = []
let isBusy = false
shareKernel(settings.loops)

port.on('message', (message: ToWorker) => {
  if (message === 'close') {
    queue.length = 0
    port.close()
    return
  }
  queue.push(...message)
  if (!isBusy) void work()
})
send('ready')

function send(message: FromWorker): void {
  port.postMessage(message)
}

async function work(): Promise<void> {
  isBusy = true
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    if (Atomics.compareExchange(claims, job.slot, job.number, 0) === job.number) send(await decode(job))
  }
  isBusy = false
}

async function decode({ number, slot, path }: Job): Promise<JobResult> {
  const startedAt = performance.timeOrigin + performance.now()
  let reason: string | undefined
  try {
    const pixels = await decodeImage(sharp, readImageFile(path), settings.decode, takeTurn)
    fillTensor(writer, pixels, elementsOf(input.dtype, settings.slots, slot * bytesPerImage, writer.length))
  } catch (cause) {
    reason = cause instanceof Error ? cause.message : String(cause)
  }
  const endedAt = performance.timeOrigin + performance.now()
  return { number, startedAt, endedAt, ...(reason === undefined ? {} : { reason }) }
}

async function takeTurn<T>(task: () => Promise<T>): Promise<T> {
  while (Atomics.compareExchange(turn, 0, 0, 1) !== 0) Atomics.wait(turn, 0, 1)
  try {
    return await task()
  } finally {
    Atomics.store(turn, 0, 0)
    Atomics.notify(turn, 0, 1)
  }
}
