/** Options of Node that a worker thread of this process may be started with. */

/** Without those that hold only for code given by `--eval`: a worker that is a file refuses them. */
export const workerFlags = (): string[] => process.execArgv.filter((flag) => !flag.startsWith('--input-type'))
