/** Light or dark: what the reader chose on an earlier page, before anything is shown, and a button to choose. */

const KEY = 'greenbench-theme'
type Theme = 'light' | 'dark'

const root = document.documentElement
// Tells the sheet that scripts run.
root.classList.add('js')
const chosen = readChoice()
if (chosen !== undefined) root.dataset.theme = chosen
document.addEventListener('DOMContentLoaded', addButton)

/** Some browsers keep nothing for pages on a disk, and say so by throwing. */
function readChoice(): Theme | undefined {
  try {
    const kept = localStorage.getItem(KEY)
    return kept === 'light' || kept === 'dark' ? kept : undefined
  } catch {
    return undefined
  }
}

function keepChoice(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // It then holds for this page alone.
  }
}

function addButton(): void {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'theme no-print'
  const show = (): void => {
    button.textContent = current() === 'dark' ? 'Light colours' : 'Dark colours'
  }
  button.addEventListener('click', () => {
    const next: Theme = current() === 'dark' ? 'light' : 'dark'
    root.dataset.theme = next
    keepChoice(next)
    show()
  })
  show()
  document.querySelector('.masthead')?.prepend(button)
}

function current(): Theme {
  const { theme } = root.dataset
  if (theme === 'light' || theme === 'dark') return theme
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}
