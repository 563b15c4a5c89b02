/** What a record says of its model, and what was counted in its file. */
import type { Counts, ModelRecord, ResultRecord } from '../../core/record.js'
import type { Html } from '../pages/html.js'
import { html } from '../pages/html.js'
import { factTable } from '../pages/table.js'
import { BYTES, formatExact, formatPlain } from '../quantity.js'

/** @returns two tables: the file, and what it counts to */
export function modelTable(record: Exclude<ResultRecord, { kind: 'comparison' }>): Html {
  return html`${factTable('Model', modelFacts(record.model))}${factTable('Counted in the file', countFacts(record.counts))}`
}

function modelFacts({ name, format, sha256, bytes, inputs, outputs, opset, producer, signature, tag }: ModelRecord) {
  const signatures = (values: ModelRecord['inputs']) =>
    values.map((value) => `${value.name}: ${value.dtype} [${(value.shape ?? ['?']).join(', ')}]`).join('; ')
  const versions = Object.entries(opset ?? {}).map(
    ([domain, version]) => `${domain === '' ? 'ai.onnx' : domain} ${version}`,
  )
  return [
    ['name', name],
    ['format', format],
    ['size', formatPlain(bytes, BYTES)],
    ['SHA-256', sha256],
    ['inputs', signatures(inputs)],
    ['outputs', signatures(outputs)],
    ['opset', versions.join(', ')],
    ['producer', producer],
    ['signature', signature],
    ['tag', tag],
  ] as const
}

function countFacts(counts: Counts | undefined): readonly (readonly [string, string | undefined])[] {
  if (counts === undefined) return []
  const { parameters, macs, flops, otherOperations, peakActivationBytes, batchSize } = counts
  const exact = (value: number | undefined) => (value === undefined ? undefined : formatExact(value))
  return [
    ['parameters', exact(parameters.total)],
    ['trainable', exact(parameters.trainable)],
    ['not trainable', exact(parameters.nonTrainable)],
    ['size of the parameters', formatPlain(parameters.bytes, BYTES)],
    ['MACs', exact(macs)],
    ['FLOPs', exact(flops)],
    ['other operations', exact(otherOperations)],
    [
      'activations alive at once',
      peakActivationBytes === undefined ? undefined : formatPlain(peakActivationBytes, BYTES),
    ],
    ['counted at batch size', exact(batchSize)],
  ]
}
