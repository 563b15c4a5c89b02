/** What a collector of OpenTelemetry says of metrics that it took: OTLP in JSON, `ExportMetricsServiceResponse`. */

/**
 * @param body - of an answer with status 2xx; an empty one is taken for the empty message that it is in Protobuf
 * @param isStrict - also minds a part that is rejected
 * @returns what is wrong with it; `undefined` where the metrics are taken
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
export function faultOfAnswer(body: string, isStrict: boolean): string | undefined {
  if (body.trim() === '') return undefined
  const message = parsed(body)
  // Members that are not known are allowed beside the one that is.
  if (!isObject(message) || (Object.keys(message).length > 0 && !('partialSuccess' in message))) {
    return 'it answers with something else than OTLP in JSON'
  }
  const { partialSuccess } = message
  const isPartly = isObject(partialSuccess) && Number(partialSuccess.rejectedDataPoints) > 0
  return isStrict && isPartly ? `a part is rejected: ${JSON.stringify(message)}` : undefined
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
