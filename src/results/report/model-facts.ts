/** What a report says of a model, as names with their values; a value may be absent. */
import type { Counts, ModelRecord } from '../../core/record.js'
import { BYTES, formatExact, formatPlain } from '../quantity.js'

/** What the file declares. */
export function modelFacts({
  name,
  format,
  sha256,
  bytes,
  inputs,
  outputs,
  opset,
  producer,
  signature,
  tag,
}: ModelRecord) {
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

/** What was counted in it; nothing where nothing was. */
export function countFacts(counts: Counts | undefined): readonly (readonly [string, string | undefined])[] {
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
