/** Where the JavaScript of a module of this folder lies: worker threads load it, whatever runs the caller. */

/**
 * A worker of Node 20 cannot load TypeScript. When this module itself runs from its source (in tests, or under a
 * loader), the answer points into `dist/`, which a build puts beside it.
 *
 * @param name - file name without extension, e.g. `tool-worker`
 * @returns URL of the compiled module
 */
export const compiledModule = (name: string): string => compiledFile(`profilers/${name}.js`)

/**
 * The same module with all that it needs in a few CommonJS files, which `scripts/bundle-threads.mjs` makes: a thread that
 * needs no loader of ES modules and finds its code in one place starts in two thirds of the time.
 *
 * @param name - one that the script lists, e.g. `rapl`
 * @returns URL of the bundle
 */
export const threadModule = (name: string): string => compiledFile(`threads/${name}.cjs`)

function compiledFile(path: string): string {
  const runsFromSource = import.meta.url.endsWith('.ts')
  return new URL(`${runsFromSource ? '../dist' : '..'}/${path}`, import.meta.url).href
}
