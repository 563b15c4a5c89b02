/** Where records can go, by the word of `--to`. */
export const EXPORT_TARGETS = ['csv', 'json', 'prometheus', 'mlflow', 'otel'] as const

/** A program, or a kind of file. */
export type ExportTarget = (typeof EXPORT_TARGETS)[number]
