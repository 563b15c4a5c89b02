/** What `greenbench export` can be told. */
import { EXPORT_TARGETS } from '../../results/export/export-targets.js'
import { choice, duration, words } from '../value-kind.js'
import { generalOptions } from './general-options.js'
import { network, output } from './option-group.js'
import { file, quietOutput } from './output-options.js'

/** Options of `greenbench export <result.json...>`. */
export const EXPORT_OPTIONS = {
  to: output(choice(EXPORT_TARGETS), 'name', EXPORT_TARGETS.join(', ')),
  output: output(file('greenbench.prom'), 'file', 'csv, json, prometheus: write there (default: standard output)', {
    short: 'o',
  }),
  url: network(
    words('the address of a server', 'http://127.0.0.1:5000'),
    'address',
    'of MLflow or of the collector (default: MLFLOW_TRACKING_URI, OTEL_EXPORTER_OTLP_ENDPOINT)',
    { isCommandLineOnly: true },
  ),
  experiment: network(words('a name', 'greenbench'), 'name', 'mlflow: the experiment (default: greenbench)', {
    environmentAlias: 'MLFLOW_EXPERIMENT_NAME',
  }),
  runId: network(words('the id of a run', '0123abcd'), 'id', 'mlflow: a run that is there, for one record', {
    environmentAlias: 'MLFLOW_RUN_ID',
  }),
  timeout: network(duration('10s', 0.001), 'time', 'mlflow, otel: longest wait for one answer (default: 10s)'),
  mlflowToken: network(words('a token', 'abc'), undefined, undefined, {
    isSecret: true,
    environmentAlias: 'MLFLOW_TRACKING_TOKEN',
  }),
  mlflowUser: network(words('a name', 'me'), undefined, undefined, {
    isSecret: true,
    environmentAlias: 'MLFLOW_TRACKING_USERNAME',
  }),
  mlflowPassword: network(words('a password', 'abc'), undefined, undefined, {
    isSecret: true,
    environmentAlias: 'MLFLOW_TRACKING_PASSWORD',
  }),
  quiet: quietOutput('do not say what was written'),
  config: generalOptions.config,
  debug: generalOptions.debug,
  color: generalOptions.color,
} as const
