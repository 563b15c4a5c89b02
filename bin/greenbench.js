#!/usr/bin/env node
// Starts the command line. Plain JavaScript that any Node can parse, so that an old one gets a sentence instead of a stack.
import module from 'node:module'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`greenbench: needs Node 20.19 or later, this is ${process.versions.node}\n`)
  process.exit(1)
}
// Node 22.8 and later keep compiled code between runs.
module.enableCompileCache?.()
const { main } = await import('../dist/start/main.js')
await main()
