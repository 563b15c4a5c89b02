/** Questions about the program's surroundings: it runs on a processor, for inference, in nobody's tracer. */
import { bool, int, NONE, text } from '../../script-value.js'
import type { BuiltIn, BuiltIns } from './built-in.js'

const yes: BuiltIn = () => bool(true)
const no: BuiltIn = () => bool(false)
const nothing: BuiltIn = () => NONE

export const GLOBALS: BuiltIns = {
  // As where someone calls the model without further ado: fused operators for inference alone are then left out.
  is_grad_enabled: yes,
  is_autocast_enabled: no,
  is_autocast_cpu_enabled: no,
  set_grad_enabled: nothing,
  is_scripting: yes,
  _get_tracing_state: no,
  warn: nothing,
  manual_seed: nothing,
  device: ({ args: [name] }) => (name?.kind === 'string' ? name : text('cpu')),
  'prim.type': ({ args: [device] }) => (device?.kind === 'string' ? device : undefined),
  'prim.index': ({ args: [device] }) => (device?.kind === 'string' ? NONE : undefined),
  'cuda.is_available': no,
  get_num_threads: () => int(1),
  wait: ({ args: [value] }) => value,
  _unwrap_optional: ({ args: [value] }) => value,
  'prim.unchecked_unwrap_optional': ({ args: [value] }) => value,
  'prim.unchecked_cast': ({ args: [value] }) => value,
  'prim.Print': nothing,
}
