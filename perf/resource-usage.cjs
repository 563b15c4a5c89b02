/** Preloaded into a measured process: at its end writes its CPU time and peak memory as JSON to file descriptor 3. */
const { writeSync } = require('node:fs')
const { isMainThread } = require('node:worker_threads')

// Threads are told to load it too; the figures are those of the whole process.
if (isMainThread) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
    writeSync(3, JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakBytes: maxRSS * 1024 }))
  })
}
