/** A document as Markdown of GitHub's kind. */
import { printable } from '../printable.js'
import { bibtexOf } from './bibtex.js'
import type { Block, DocumentTable, DocumentText, Inline, Source } from './document.js'

/** @see https://github.github.com/gfm/ */
export function markdownText({ blocks, sources }: DocumentText): string {
  const numbers = new Map(sources.map(({ key }, index) => [key, index + 1]))
  const parts = blocks.map((block) => blockText(block, (inline) => inlineText(inline, numbers)))
  if (sources.length > 0) {
    parts.push(sources.map(sourceText).join('\n'))
    parts.push(`\`\`\`bibtex\n${sources.map(bibtexOf).join('\n\n')}\n\`\`\``)
  }
  return `${parts.join('\n\n')}\n`
}

const sourceText = ({ text, url }: Source, index: number): string =>
  `${index + 1}. ${escapeMarkdown(text)}${url === undefined ? '' : `, <${url}>`}`

function blockText(block: Block, inline: (one: Inline) => string): string {
  if (block.kind === 'heading') return `${'#'.repeat(block.level)} ${escapeMarkdown(block.text)}`
  if (block.kind === 'paragraph') return block.content.map(inline).join('')
  if (block.kind === 'list') return block.items.map((item) => `- ${item.map(inline).join('')}`).join('\n')
  return tableText(block)
}

function inlineText(inline: Inline, numbers: ReadonlyMap<string, number>): string {
  if (typeof inline === 'string') return escapeMarkdown(inline)
  if ('strong' in inline) return `**${escapeMarkdown(inline.strong)}**`
  if ('code' in inline) return codeSpan(printable(inline.code))
  return ` \\[${numbers.get(inline.cite) ?? inline.cite}\\]`
}

/** Fenced by more backticks than stand in it. */
function codeSpan(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const [fence, pad] = ['`'.repeat(longest + 1), /^`|`$/.test(text) ? ' ' : '']
  return `${fence}${pad}${text}${pad}${fence}`
}

function tableText({ caption, head, rows, align }: DocumentTable): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`
  const rule = `| ${align.map((side) => (side === 'right' ? '---:' : ':---')).join(' | ')} |`
  return [`${escapeMarkdown(caption)}:`, '', line(head), rule, ...rows.map(line)].join('\n')
}

/** Text of a file that is shown as it is: no markup, no link, no mention, no HTML, no second cell. */
export const escapeMarkdown = (text: string): string =>
  printable(text)
    .replace(/[\\`*_{}[\]<>#|~$&!@]/g, '\\$&')
    // Addresses become links by themselves.
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}\\.`)
    // What begins a list, a heading or a rule.
    .replace(/^(\s*)([-+=])(?=[-=\s]|$)/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2')
