/** The summary of a build of GitHub: Markdown that its page shows. */
import { appendFile } from 'node:fs/promises'
import { UsageError } from '../core/errors.js'
import { OutputError } from '../results/output-file.js'
import type { Terminal } from './terminal.js'

/**
 * @param elsewhere - what to do where there is none
 * @returns the file that takes the summary
 * @throws {UsageError} `E_GITHUB_SUMMARY` outside of a build of GitHub
 */
export function githubSummaryOf({ environment: { GITHUB_STEP_SUMMARY: path } }: Terminal, elsewhere: string): string {
  if (path !== undefined && path !== '') return path
  throw new UsageError('E_GITHUB_SUMMARY', 'there is no GITHUB_STEP_SUMMARY to write to', {
    hint: `this is for builds of GitHub; elsewhere ${elsewhere}`,
  })
}

/**
 * Earlier steps may have written theirs.
 *
 * @throws {OutputError} `E_OUTPUT`
 */
export async function appendGithubSummary(path: string, markdown: string): Promise<void> {
  await appendFile(path, `${markdown}\n`).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new OutputError('E_OUTPUT', `cannot write to GITHUB_STEP_SUMMARY: ${reason}`, { cause })
  })
}
