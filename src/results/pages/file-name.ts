/** Names of files made from names of models and runs, which may be anything: nothing of them can lead out of a folder. */

const LONGEST = 60

/** @returns a name made of small letters, digits and dashes alone; never empty */
export function fileNameOf(text: string): string {
  const plain = text
    .slice(0, 1000)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  return plain.replace(/^-/, '').slice(0, LONGEST).replace(/-$/, '') || 'unnamed'
}

/** @returns a file name for each text, no two alike; equal texts share theirs */
export function fileNamesOf(texts: Iterable<string>): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  const counts = new Map<string, number>()
  for (const text of texts) {
    if (names.has(text)) continue
    const plain = fileNameOf(text)
    let name = plain
    while (taken.has(name)) {
      const count = (counts.get(plain) ?? 1) + 1
      counts.set(plain, count)
      name = `${plain}-${count}`
    }
    taken.add(name)
    names.set(text, name)
  }
  return names
}
