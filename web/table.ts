/**
 * Sorting, filtering and leafing through the tables of a leaderboard. Without this script every table is whole; with it, a
 * table keeps at most a page of rows in the document, so that ten thousand of them stay quick.
 */

/** Rows of a table that are in the document at once. */
const PAGE_ROWS = 50
/** Typing faster than this filters once. */
const PAUSE_MILLISECONDS = 30

/** One row, with what it is sorted and filtered by. */
interface Row {
  readonly element: HTMLTableRowElement
  /** Values of the columns; `NaN` where a column has words or nothing is known. */
  readonly values: readonly number[]
  /** Small letters. */
  readonly words: string
}

/** One table and where its reader is in it. */
class RowTable {
  private readonly rows: readonly Row[]
  private order: readonly Row[]
  private matching: readonly Row[]
  private first = 0
  private readonly pager: HTMLElement

  constructor(
    private readonly section: HTMLElement,
    readonly table: HTMLTableElement,
    private readonly body: HTMLTableSectionElement,
    private readonly onChange: () => void,
  ) {
    this.rows = [...body.rows].map((element) => rowOf(element, section.dataset.words ?? ''))
    this.order = this.rows
    this.matching = this.rows
    this.pager = document.createElement('div')
    this.pager.className = 'pager no-print'
    this.table.parentElement?.after(this.pager)
    for (const head of table.tHead?.rows[0]?.cells ?? []) this.makeSortable(head)
    this.show()
  }

  get total(): number {
    return this.rows.length
  }

  get count(): number {
    return this.matching.length
  }

  /** @param words - small letters; a row must have them all */
  filter(words: readonly string[], isWanted: (section: HTMLElement, row: HTMLTableRowElement) => boolean): void {
    const isMatching = ({ element, words: text }: Row) =>
      words.every((word) => text.includes(word)) && isWanted(this.section, element)
    this.matching = this.order.filter(isMatching)
    this.first = 0
    this.section.hidden = this.matching.length === 0
    this.show()
  }

  /** All matching rows at once, for paper. */
  showAll(): void {
    this.body.replaceChildren(...this.matching.map(({ element }) => element))
  }

  show(): void {
    const shown = this.matching.slice(this.first, this.first + PAGE_ROWS)
    this.body.replaceChildren(...shown.map(({ element }) => element))
    this.showPager(shown.length)
  }

  private makeSortable(head: HTMLTableCellElement): void {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'sort'
    button.append(...head.childNodes)
    head.append(button)
    button.addEventListener('click', () => this.sortBy(head))
  }

  private sortBy(head: HTMLTableCellElement): void {
    const direction = head.ariaSort === 'ascending' ? 'descending' : 'ascending'
    for (const other of this.table.tHead?.rows[0]?.cells ?? []) other.ariaSort = null
    head.ariaSort = direction
    const kept = new Set(this.matching)
    this.order = [...this.rows].sort(comparison(head.cellIndex, direction === 'ascending' ? 1 : -1))
    this.matching = this.order.filter((row) => kept.has(row))
    this.first = 0
    this.show()
    this.onChange()
  }

  private showPager(shown: number): void {
    this.pager.hidden = this.matching.length <= PAGE_ROWS
    if (this.pager.hidden) return
    const last = this.first + shown
    const range = document.createElement('span')
    range.textContent = `Rows ${grouped(this.first + 1)} to ${grouped(last)} of ${grouped(this.count)}`
    this.pager.replaceChildren(
      this.leafButton('Previous', this.first - PAGE_ROWS, this.first > 0),
      range,
      this.leafButton('Next', this.first + PAGE_ROWS, last < this.count),
    )
  }

  private leafButton(name: string, first: number, isPossible: boolean): HTMLButtonElement {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = name
    // Not `disabled`: the focus would be lost at the ends.
    button.ariaDisabled = String(!isPossible)
    button.addEventListener('click', () => {
      if (!isPossible) return
      this.first = first
      this.show()
      const again = [...this.pager.querySelectorAll('button')].find(({ textContent }) => textContent === name)
      again?.focus()
    })
    return button
  }
}

const rowOf = (element: HTMLTableRowElement, sectionWords: string): Row => ({
  element,
  values: (element.dataset.v ?? '')
    .split(' ')
    .map((value) => (value === '-' || value === '' ? Number.NaN : Number(value))),
  words: `${element.cells[0]?.textContent} ${element.dataset.words ?? ''} ${sectionWords}`.toLowerCase(),
})

/** What is not known comes last in both directions; words are compared as words. */
function comparison(column: number, sign: 1 | -1): (one: Row, other: Row) => number {
  const collator = new Intl.Collator('en', { numeric: true })
  return (one, other) => {
    const [a = Number.NaN, b = Number.NaN] = [one.values[column], other.values[column]]
    if (!Number.isNaN(a) && !Number.isNaN(b)) return sign * (a - b)
    if (Number.isNaN(a) !== Number.isNaN(b)) return Number.isNaN(a) ? 1 : -1
    return column === 0 ? sign * collator.compare(one.words, other.words) : 0
  }
}

const grouped = (count: number): string => count.toLocaleString('en')

function start(): void {
  const status = document.querySelector<HTMLElement>('#row-count')
  const form = document.querySelector<HTMLFormElement>('#filters')
  const tables: RowTable[] = []
  const announce = (): void => {
    const count = tables.reduce((sum, table) => sum + table.count, 0)
    const total = tables.reduce((sum, table) => sum + table.total, 0)
    if (status !== null) status.textContent = `${grouped(count)} of ${grouped(total)} rows`
  }
  for (const section of document.querySelectorAll<HTMLElement>('section.group')) {
    const table = section.querySelector<HTMLTableElement>('table.board')
    const body = table?.tBodies[0]
    if (table !== null && body !== undefined) tables.push(new RowTable(section, table, body, announce))
  }
  addEventListener('beforeprint', () => tables.forEach((table) => void table.showAll()))
  addEventListener('afterprint', () => tables.forEach((table) => void table.show()))
  if (form !== null) listenTo(form, tables, announce)
  announce()
}

function listenTo(form: HTMLFormElement, tables: readonly RowTable[], announce: () => void): void {
  form.hidden = false
  const apply = (): void => {
    const data = new FormData(form)
    const words = String(data.get('words') ?? '')
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '')
    const isWanted = choicesOf(data)
    for (const table of tables) table.filter(words, isWanted)
    for (const part of document.querySelectorAll<HTMLElement>('section.hardware')) {
      part.hidden = part.querySelector('section.group:not([hidden])') === null
    }
    announce()
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(apply, PAUSE_MILLISECONDS)
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    apply()
  })
  form.addEventListener('reset', () => setTimeout(apply))
  // A browser that goes back fills in what was there.
  apply()
}

/** What was chosen beside the words. */
function choicesOf(data: FormData): (section: HTMLElement, row: HTMLTableRowElement) => boolean {
  const [hardware, energy] = [String(data.get('hardware') ?? ''), String(data.get('energy') ?? '')]
  const isFrontOnly = data.get('front') !== null
  return (section, row) =>
    (hardware === '' || section.dataset.hardware === hardware) &&
    (energy === '' || section.dataset.energy === energy) &&
    (!isFrontOnly || row.dataset.front !== undefined)
}

start()
