/** A thread that makes pages of runs, a few at a time, and asks for more. */
import { parentPort, workerData } from 'node:worker_threads'
import { RawRuns } from './raw-run.js'
import { makeRun, type RunSettings, type RunTask } from './run-task.js'
import type { FromThread } from './run-threads.js'

const settings = workerData as RunSettings
const raws = new RawRuns(settings.leaderboardFolder)
const say = (message: FromThread): void => parentPort?.postMessage(message)

parentPort?.on('message', async (tasks: readonly RunTask[]) => {
  for (const task of tasks) say(await makeRun(task, raws, settings))
  say('idle')
})
say('idle')
