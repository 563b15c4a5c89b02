/** Keeps count of what became of the images, and of the time that it took. */
import type { ImageBatch, ImageFile, SkippedImage } from './image-input.js'
import type { JobResult } from './preparation.js'

/** What a preparation has done so far. Times are seconds. */
export interface PreparationReport {
  readonly total: number
  /** Images that went into batches. */
  readonly prepared: number
  readonly skippedCount: number
  /** The first `MAX_NAMED_SKIPS` of them. */
  readonly skipped: readonly SkippedImage[]
  /** Different labels among the prepared images. */
  readonly classes: number
  readonly threads: number
  /** During which at least one image was being decoded. */
  readonly wallSeconds: number
  /** Spent on images, summed over the threads. */
  readonly threadSeconds: number
  /**
   * CPU time of the process from the first image to the last. `undefined` before the end, and when the taker of the
   * batches worked more than `MAX_FOREIGN_SHARE` of the time, so that its share cannot be told apart.
   */
  readonly cpuSeconds: number | undefined
  /** During which the taker had to wait for images. */
  readonly waitSeconds: number
  /** Prepared and skipped images per second of `wallSeconds`; `undefined` before the first. */
  readonly imagesPerSecond: number | undefined
}

/** Skipped images beyond this number are counted and not named. */
export const MAX_NAMED_SKIPS = 1000
/** Largest share of the time that the taker may work for `cpuSeconds` to be that of the decoding. */
const MAX_FOREIGN_SHARE = 0.05

/** Written by the preparation, read through `report`. */
export class PreparationLog {
  prepared = 0
  skipped = 0
  private readonly named: SkippedImage[] = []
  private readonly labels = new Set<string>()
  private threads = 0
  private coveredUntil = 0
  private wall = 0
  private thread = 0
  private waited = 0
  private foreign = 0
  private startedAt = 0
  private cpuAtStart: NodeJS.CpuUsage | undefined
  private cpu: number | undefined

  constructor(private readonly total: number) {}

  start(threads: number): void {
    this.threads = threads
    this.startedAt = performance.now()
    this.cpuAtStart = process.cpuUsage()
  }

  /** @param reason - why the image cannot be used; `undefined` when it can */
  add(file: ImageFile, reason: string | undefined): void {
    if (reason === undefined) {
      this.prepared++
      if (file.label !== undefined) this.labels.add(file.label)
      return
    }
    this.skipped++
    if (this.named.length < MAX_NAMED_SKIPS) this.named.push({ name: file.name, reason })
  }

  /** Measures how long the taker holds a batch before it asks for the next. */
  *handOut(batch: ImageBatch): Generator<ImageBatch, void, void> {
    const at = performance.now()
    yield batch
    this.foreign += (performance.now() - at) / 1000
  }

  async waiting(arrival: Promise<void>): Promise<void> {
    const at = performance.now()
    await arrival
    this.waited += (performance.now() - at) / 1000
  }

  end(): void {
    if (this.cpuAtStart === undefined) return
    const seconds = (performance.now() - this.startedAt) / 1000
    const { user, system } = process.cpuUsage(this.cpuAtStart)
    if (this.foreign <= seconds * MAX_FOREIGN_SHARE) this.cpu = (user + system) / 1e6
  }

  report(): PreparationReport {
    return {
      total: this.total,
      prepared: this.prepared,
      skippedCount: this.skipped,
      skipped: [...this.named],
      classes: this.labels.size,
      threads: this.threads,
      wallSeconds: this.wall,
      threadSeconds: this.thread,
      cpuSeconds: this.cpu,
      waitSeconds: this.waited,
      imagesPerSecond: this.wall > 0 ? (this.prepared + this.skipped) / this.wall : undefined,
    }
  }

  /** Adds the part of the time that no earlier job covers; results come in nearly the order they were begun. */
  addTime({ startedAt, endedAt }: JobResult): void {
    this.thread += (endedAt - startedAt) / 1000
    this.wall += Math.max(0, endedAt - Math.max(startedAt, this.coveredUntil)) / 1000
    this.coveredUntil = Math.max(this.coveredUntil, endedAt)
  }
}
