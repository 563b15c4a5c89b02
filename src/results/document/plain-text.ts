/** A document as plain text, as wide as the terminal. */
import { printable } from '../printable.js'
import type { TextView } from '../text-style.js'
import { drawTable } from '../text-table.js'
import type { Block, DocumentText, Inline } from './document.js'

/** Lines of words that are longer are hard to read. */
const WIDEST = 100

export function plainText({ blocks, sources }: DocumentText, view: TextView): string {
  const width = Math.min(view.width, WIDEST)
  const numbers = new Map(sources.map(({ key }, index) => [key, index + 1]))
  const parts = blocks.map((block) => blockText(block, (one) => inlineText(one, numbers), { ...view, width }))
  const list = sources.map(({ text, url }, index) =>
    wrapped(`[${index + 1}] ${[printable(text), url].filter((part) => part !== undefined).join(', ')}`, width, '    '),
  )
  return [...parts, ...(list.length === 0 ? [] : [`${list.join('\n')}\n`])].join('\n')
}

function blockText(block: Block, inline: (one: Inline) => string, view: TextView): string {
  const { width, style } = view
  if (block.kind === 'heading') return `${style('strong', printable(block.text))}\n`
  if (block.kind === 'paragraph') return `${wrapped(block.content.map(inline).join(''), width, '')}\n`
  if (block.kind === 'list') {
    return block.items.map((item) => `${wrapped(`- ${item.map(inline).join('')}`, width, '  ')}\n`).join('')
  }
  const [first = '', ...others] = block.head
  const head = [first === '' ? block.caption : first, ...others].map(printable)
  const rows = block.rows.map((row) => row.map(printable))
  const { align, wrapped: column } = block
  return drawTable({ head, rows, align, ...(column === undefined ? {} : { wrapped: column }) }, width, style)
}

function inlineText(inline: Inline, numbers: ReadonlyMap<string, number>): string {
  if (typeof inline === 'string') return printable(inline)
  if ('strong' in inline) return printable(inline.strong)
  return 'code' in inline ? printable(inline.code) : ` [${numbers.get(inline.cite) ?? inline.cite}]`
}

/** Words in lines; `indent` stands before all but the first. */
function wrapped(text: string, width: number, indent: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = indent + word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n')
}
