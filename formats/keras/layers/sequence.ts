/** What all recurrent layers share: what they are asked for, what they give, and loops over steps. */
import { graphAttribute, int, ints } from '../../../src/graph/attributes.js'
import type { Hdf5Dataset } from '../hdf5.js'
import { KerasGraph, type KerasTensor } from '../keras-graph.js'
import { LayerCall } from '../layer-call.js'

/** What one direction of a recurrent layer is to run over. */
export interface SequenceTask {
  /** `[N, time, ...]`, in the order of Keras, perhaps with a mask. */
  readonly input: KerasTensor
  readonly isBackward: boolean
  /** Masked steps give zeros, not the output before them. */
  readonly givesZeros: boolean
  /** In the order in which Keras keeps them; none for zeros. */
  readonly initial: readonly KerasTensor[]
}

/** What one direction computes. */
export interface SequenceResult {
  /** Outputs of all steps, in the order of time. */
  readonly steps: KerasTensor
  /** Output of the step that was run last. */
  readonly last: KerasTensor
  readonly states: readonly KerasTensor[]
}

/** Converts one direction of a recurrent layer. */
export type SequenceConverter = (call: LayerCall, task: SequenceTask) => SequenceResult

/** A kind of recurrent layer. */
export interface SequenceKind {
  readonly convert: SequenceConverter
  /** Weights of one direction. */
  weightCount(call: LayerCall, all: readonly Hdf5Dataset[]): number
}

/** One step, within the body of a loop. @returns the new states, the output first */
export type Step = (inner: LayerCall, input: string, states: readonly string[]) => readonly string[]

/** A loop over the steps of a sequence. */
export interface Loop {
  /** `[N, time, ...]`. */
  readonly sequence: string
  /** First states `[N, ...]`. */
  readonly states: readonly string[]
  /** Axes of a state behind the batch, over which a mask is spread. */
  readonly stateRank: number
  readonly step: Step
}

/** @returns names of all outputs `[N, time, ...]`, of the last one, and of the last states */
export function loopOver(call: LayerCall, task: SequenceTask, loop: Loop) {
  const { graph } = call
  const { builder } = graph
  const { mask } = task.input
  const [first = ''] = loop.states
  // The output before the first step that counts is zero, whatever the state is.
  const zero = mask === undefined ? [] : [graph.node('Sub', [first, first])]
  const carried = [...loop.states, ...zero]
  const scanned = [loop.sequence, ...(mask === undefined ? [] : [mask])]
  const body = builder.subgraph(builder.uniqueName(`${call.state.path}/step`), (inner) => {
    const own = new LayerCall(call.config, [], call.state, { ...call.context, graph: new KerasGraph(inner) })
    const before = carried.map(() => inner.input(inner.uniqueName('state'), 'float32'))
    const [step = '', counts] = scanned.map((_, index) =>
      inner.input(inner.uniqueName('step'), index === 0 ? 'float32' : 'bool'),
    )
    const made = loop.step(own, step, before.slice(0, loop.states.length))
    const after =
      counts === undefined
        ? [...made, made[0] ?? '']
        : whereCounted(own, { counts, made, before, task, rank: loop.stateRank })
    for (const name of after) inner.output(inner.node('Identity', [name]), 'float32')
  })
  const direction = int(task.isBackward ? 1 : 0).value as number
  const outputs = builder.nodeWithOutputs(
    'Scan',
    [...carried, ...scanned],
    {
      body: graphAttribute(body),
      num_scan_inputs: int(scanned.length),
      scan_input_axes: ints(scanned.map(() => 1)),
      scan_input_directions: ints(scanned.map(() => direction)),
      scan_output_axes: ints([1]),
      scan_output_directions: ints([direction]),
    },
    { name: builder.uniqueName(call.state.path), outputs: carried.length + 1 },
  )
  const states = outputs.slice(0, loop.states.length)
  const last = outputs[mask === undefined ? 0 : loop.states.length] ?? ''
  return { steps: outputs.at(-1) ?? '', last, states }
}

interface Counted {
  readonly counts: string
  readonly made: readonly string[]
  readonly before: readonly string[]
  readonly task: SequenceTask
  readonly rank: number
}

/** States, the carried output and the output of the step, where a step may not count. */
function whereCounted({ graph }: LayerCall, { counts, made, before, task, rank }: Counted): readonly string[] {
  const axes = graph.builder.constant(Array.from({ length: rank }, (_, index) => index + 1))
  const isCounted = graph.node('Unsqueeze', [counts, axes])
  const states = made.map((name, index) => graph.node('Where', [isCounted, name, before[index] ?? name]))
  const other = task.givesZeros ? graph.scalar(0) : (before.at(-1) ?? '')
  const output = graph.node('Where', [isCounted, made[0] ?? '', other])
  return [...states, output, output]
}

/** @returns zeros `[N, ...sizes]` for the batch of a tensor */
export function zeroState({ graph }: LayerCall, from: KerasTensor, sizes: readonly number[]): string {
  const batch = graph.node('Shape', [from.name], { start: int(0), end: int(1) })
  const shape = graph.node('Concat', [batch, graph.builder.constant(sizes)], { axis: int(0) })
  return graph.node('Expand', [graph.scalar(0), shape])
}
