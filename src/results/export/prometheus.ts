/** Records as a file for the textfile collector of Prometheus' node_exporter. */
import { hash } from 'node:crypto'
import type { Gauge, Registry } from 'prom-client'
import type { LeftOut } from '../left-out.js'
import { printable, shortened } from '../printable.js'
import type { Exportable } from './exportable.js'
import { partsOf } from './figures.js'

/** A whole file, and the records that are not in it. */
export interface PrometheusFile {
  readonly text: string
  readonly leftOut: readonly LeftOut[]
}

/**
 * A metric for each figure that a record has, e.g. `greenbench_energy_per_inference_joules`, with `_low_` and `_high_` for
 * its interval. Label `rests_on` tells what is counted, measured, modelled or mixed.
 *
 * @param exported - of several that have the same labels the newest counts, since a series has one value
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export async function prometheusFile(exported: readonly Exportable[]): Promise<PrometheusFile> {
  const newest = new Map<string, Exportable>()
  for (const one of exported) {
    const series = JSON.stringify(Object.entries(shownLabels(one)))
    const other = newest.get(series)
    if (other === undefined || Date.parse(other.record.completedAt) <= Date.parse(one.record.completedAt)) {
      newest.set(series, one)
    }
  }
  const kept = new Set(newest.values())
  const library = await import('prom-client')
  const registry = new library.Registry()
  const labelNames = ['rests_on', ...new Set(exported.flatMap(({ labels }) => Object.keys(labels)))]
  for (const one of kept) addTo(registry, one, labelNames, library.Gauge)
  const leftOut = exported.filter((one) => !kept.has(one)).map(olderRun)
  return { text: await registry.metrics(), leftOut }
}

function addTo(registry: Registry, one: Exportable, labelNames: readonly string[], GaugeClass: typeof Gauge): void {
  const { record, figures } = one
  const shown = shownLabels(one)
  const gauge = (name: string, help: string): Gauge => {
    const known = registry.getSingleMetric(`greenbench_${name}`)
    if (known instanceof GaugeClass) return known
    return new GaugeClass({ name: `greenbench_${name}`, help, labelNames, registers: [registry] })
  }
  gauge('run_complete', 'Whether the run came to its end: 1, or 0.').set(shown, record.complete ? 1 : 0)
  gauge('run_completed_timestamp_seconds', 'When the run ended, since 1970.').set(
    shown,
    Date.parse(record.completedAt) / 1000,
  )
  for (const present of figures) {
    for (const { name, part, value } of partsOf(present)) {
      gauge(name, `${BOUNDS[part]}${present.help}`).set({ ...shown, rests_on: present.kind }, value)
    }
  }
}

/** Each figure repeats all labels of its run, so none may be as long as a name in a file can be. */
const LONGEST_LABEL = 200

const shownLabels = ({ labels }: Exportable): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, labelOf(value)]))

/** What is cut ends in a digest of all of it, so that series of different names stay apart. */
function labelOf(value: string): string {
  const text = printable(value)
  if (text.length <= LONGEST_LABEL) return text
  return `${shortened(text, LONGEST_LABEL - DIGEST_LENGTH - 1)} ${hash('sha256', value).slice(0, DIGEST_LENGTH)}`
}

const DIGEST_LENGTH = 16

const BOUNDS = { '': '', low: 'Lower end of the 95% interval. ', high: 'Upper end of the 95% interval. ' } as const

const olderRun = ({ record }: Exportable): LeftOut => ({
  what: `${record.model.name} of ${record.startedAt}`,
  reason: 'a later run has the same labels',
})
