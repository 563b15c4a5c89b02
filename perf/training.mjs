/**
 * A training step of greenbench beside one of PyTorch eager, on the same threads: the same networks, batch, float32,
 * NCHW, SGD with momentum.
 *
 *   python perf/make-training-models.py
 *   node perf/training.mjs --python python [network ...] [--rounds 12] [--steps 3] [--threads 2] [--batch 16]
 *     [--channels-last] [--plain] [--profile]
 *
 * Both are processes that wait for their turn, stopped (SIGSTOP) while the other one works, so that no thread of the one
 * spins beside the other. Each round times some steps of each, the order by chance; the median of a round's steps counts,
 * and of the ratios of the rounds the median, with its quartiles. Memory is the most that a process ever held (VmHWM) less
 * what it held when its libraries were loaded. With --profile: time by operator, of greenbench alone; with --plain: without
 * blocked channels, as on a processor that has none.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { quantile } from 'simple-statistics'
import { seededRandom } from '../dist/src/core/random.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '12' },
    steps: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    batch: { type: 'string', default: '16' },
    'channels-last': { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    plain: { type: 'boolean', default: false },
  },
})
const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const folder = here('training-models')
if (!existsSync(folder)) {
  console.log(`no folder ${folder}: python perf/make-training-models.py makes the models`)
  process.exit(0)
}
const order = ['small-cnn-32', 'resnet18-64', 'mobilenetv2-96', 'resnet18-224']
const networks = positionals.length > 0 ? positionals : order.filter((name) => existsSync(join(folder, `${name}.onnx`)))

const hasTorch = values.profile || spawnSync(values.python, ['-c', 'import torch']).status === 0
if (!hasTorch) {
  console.log(`${values.python} has no torch: --python names one that has`)
  process.exit(0)
}

/** A process that takes steps when asked, and is stopped while it is not. */
function subject(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async take(steps) {
      child.kill('SIGCONT')
      child.stdin.write(`${steps}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error(`${command} ${args.join(' ')} ended`)
      child.kill('SIGSTOP')
      return JSON.parse(value)
    },
    async end() {
      child.kill('SIGCONT')
      child.stdin.end()
      await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()))
    },
  }
}

const median = (numbers) => quantile(numbers, 0.5)
const own = (network, ...more) =>
  subject(process.execPath, [
    here('training-step.mjs'),
    join(folder, `${network}.onnx`),
    values.batch,
    values.threads,
    values.plain ? 'plain' : 'blocked',
    ...more,
  ])

async function compare(network) {
  const layout = values['channels-last'] ? ['channels_last'] : []
  const torch = subject(values.python, [here('training-torch.py'), network, values.batch, values.threads, ...layout])
  const greenbench = own(network)
  const subjects = { torch, greenbench }
  const random = seededRandom(1)
  const [rounds, last] = [[], {}]
  for (const name of ['torch', 'greenbench']) await subjects[name].take(3)
  for (let round = 0; round < Number(values.rounds); round++) {
    const found = {}
    const names = random() < 0.5 ? ['torch', 'greenbench'] : ['greenbench', 'torch']
    for (const name of names) {
      last[name] = await subjects[name].take(Number(values.steps))
      found[name] = median(last[name].seconds)
      found[`${name} cpu`] = median(last[name].cpu)
    }
    rounds.push(found)
  }
  await Promise.all([torch.end(), greenbench.end()])
  return row(rounds, last)
}

function row(rounds, last) {
  const ratios = rounds.map(({ torch, greenbench }) => greenbench / torch)
  const fastest = (name) => Math.min(...rounds.map((round) => round[name]))
  const held = (name) => last[name].peak - last[name].baseline
  const [ratio, low, high] = [0.5, 0.25, 0.75].map((part) => quantile(ratios, part).toFixed(2))
  const milliseconds = (name) => (median(rounds.map((round) => round[name])) * 1000).toFixed(1)
  const megabytes = (name) => (held(name) / 1e6).toFixed(0)
  return {
    'PyTorch ms': milliseconds('torch'),
    'greenbench ms': milliseconds('greenbench'),
    'ratio (quartiles)': `${ratio} (${low} to ${high})`,
    'CPU time ratio': median(rounds.map((round) => round['greenbench cpu'] / round['torch cpu'])).toFixed(2),
    'of fastest rounds': (fastest('greenbench') / fastest('torch')).toFixed(2),
    'PyTorch MB': megabytes('torch'),
    'greenbench MB': megabytes('greenbench'),
    'memory ratio': (held('greenbench') / held('torch')).toFixed(2),
  }
}

async function profile(network) {
  const prefix = join(tmpdir(), `training-profile-${process.pid}`)
  const session = own(network, prefix)
  await session.take(9)
  await session.end()
  const [file] = readdirSync(tmpdir()).filter((name) => name.startsWith(`training-profile-${process.pid}`))
  const events = JSON.parse(readFileSync(join(tmpdir(), file), 'utf8'))
  rmSync(join(tmpdir(), file))
  printTimes(events.filter(({ name }) => name.endsWith('_kernel_time')))
}

/** Of each node its quickest run, which others disturbed least; by operator, and of those nodes that take longest. */
function printTimes(kernels) {
  const [quickest, shapes] = [new Map(), new Map()]
  for (const { name, dur, args } of kernels) {
    const node = `${args.op_name}\t${name.replace('_kernel_time', '')}`
    quickest.set(node, Math.min(dur / 1000, quickest.get(node) ?? Number.POSITIVE_INFINITY))
    shapes.set(node, JSON.stringify((args.input_type_shape ?? []).map((entry) => Object.values(entry)[0])))
  }
  const byOperator = new Map()
  for (const [node, time] of quickest) {
    const [operator] = node.split('\t')
    byOperator.set(operator, (byOperator.get(operator) ?? 0) + time)
  }
  const sorted = (map) => [...map].sort((a, b) => b[1] - a[1])
  const total = [...quickest.values()].reduce((sum, time) => sum + time, 0)
  for (const [name, time] of sorted(byOperator).slice(0, 20)) {
    console.log(`${time.toFixed(2).padStart(9)} ms ${((100 * time) / total).toFixed(1).padStart(5)}%  ${name}`)
  }
  console.log(`${total.toFixed(2).padStart(9)} ms        sum\n`)
  for (const [node, time] of sorted(quickest).slice(0, 30)) {
    console.log(`${time.toFixed(2).padStart(9)} ms  ${node.split('\t')[1]} ${shapes.get(node)}`)
  }
}

const table = {}
for (const network of networks) {
  if (values.profile) {
    console.log(`\n${network}`)
    await profile(network)
  } else table[network] = await compare(network)
}
if (!values.profile) console.table(table)
