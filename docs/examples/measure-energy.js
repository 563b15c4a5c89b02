// Energy of any piece of code, by whatever sensor this machine has.
import { openMeter, ProfilerRegistry } from 'greenbench'

const primesBelow = (limit) => {
  let count = 0
  for (let number = 2; number < limit; number++) {
    let divisor = 2
    while (divisor * divisor <= number && number % divisor !== 0) divisor++
    if (divisor * divisor > number) count++
  }
  return count
}

// One function: its result, how long it took, and its joules.
const profiler = ProfilerRegistry.withPredefinedProfilers().make('estimate')
const { result, seconds, joules, energy } = await profiler.evaluate(primesBelow, 300_000)
console.log(`${result} primes in ${seconds.toFixed(2)} s: ${joules?.toFixed(2) ?? 'unknown'} J, ${energy.kind}`)

// Windows with names; they may nest. In TypeScript and Node 24: `await using epoch = meter.window('epoch 1')`.
const meter = await openMeter()
const run = meter.window('run')
for (const name of ['epoch 1', 'epoch 2']) {
  const epoch = meter.window(name)
  primesBelow(200_000)
  await epoch.end()
}
await run.end()
for (const { name, energy: used } of meter.windows) {
  console.log(
    `${name}: ${used.joules?.toFixed(2) ?? 'unknown'} J (${used.low?.toFixed(2)} to ${used.high?.toFixed(2)})`,
  )
}
await meter.close()
