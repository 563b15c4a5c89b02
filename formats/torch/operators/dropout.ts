/** Dropout, kept as the Dropout of ONNX, which drops in training alone; and what is random in inference too, which is refused. */
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { NONE, type ScriptTensor, tuple } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'

/** Those that drop whole channels, and those that keep mean and variance, drop single elements here: ONNX has no other. */
export const dropout: OperatorRules = {
  dropout: dropped,
  feature_dropout: dropped,
  alpha_dropout: dropped,
  feature_alpha_dropout: dropped,
  native_dropout: (call, emitter) => tuple([dropped(call, emitter), NONE]),
  ...refused(['rand', 'rand_like', 'randn', 'randn_like', 'randint', 'randint_like', 'randperm']),
  ...refused(['bernoulli', 'bernoulli_', 'normal', 'normal_', 'uniform', 'uniform_', 'multinomial', 'poisson']),
  ...refused(['exponential', 'exponential_', 'random', 'random_', 'cauchy_', 'geometric_', 'log_normal_', 'binomial']),
}

const DROPS_IN_TRAINING = 'dropout that the file applies as in training drops in training alone, as after eval()'

/** Whether the file was saved in training mode or for evaluation makes no difference. */
function dropped(call: OperatorCall, emitter: TorchEmitter): ScriptTensor {
  const isTraining = call.at(2, 'train')
  if (isTraining?.kind === 'bool' && isTraining.value) emitter.assumptions.add(DROPS_IN_TRAINING)
  return emitter.tensor('Dropout', [call.value(0, 'input'), emitter.scalar(call.number(1, 'p', 0.5), 'float32')])
}

function refused(names: readonly string[]): OperatorRules {
  const rule: OperatorRule = (call) => call.refuse('what it gives is random, so no two runs would agree')
  return Object.fromEntries(names.map((name) => [name, rule]))
}
