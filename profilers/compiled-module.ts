/** Where the JavaScript of a module of this folder lies: worker threads load it, whatever runs the caller. */

/**
 * A worker of Node 20 cannot load TypeScript. When this module itself runs from its source (in tests, or under a
 * loader), the answer points into `dist/`, which a build puts beside it.
 *
 * @param name - file name without extension, e.g. `rapl`
 * @returns URL of the compiled module
 */
export function compiledModule(name: string): string {
  const runsFromSource = import.meta.url.endsWith('.ts')
  return new URL(runsFromSource ? `../dist/profilers/${name}.js` : `./${name}.js`, import.meta.url).href
}
