/**
 * The protobuf messages of a checkpoint's index as tables.
 *
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/tensor_bundle.proto
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/trackable_object_graph.proto
 */
import { type MessageSchema, messageSchema } from '../../src/graph/protobuf-schema.js'
import { SHAPE, type ShapeProto } from './saved-model-schema.js'

export interface BundleHeaderProto {
  readonly shards?: number | undefined
  /** 1 for big-endian data. */
  readonly endianness?: number | undefined
}

export interface BundleEntryProto {
  readonly dtype?: number | undefined
  readonly shape?: ShapeProto | undefined
  readonly shard?: number | undefined
  readonly offset?: number | undefined
  readonly size?: number | undefined
  readonly slices: readonly SliceProto[]
}

/** A part of a tensor that is kept in parts. */
export type SliceProto = Readonly<Record<never, never>>

/** `TrackableObjectGraph`: which object's which attribute lies under which key. */
export interface CheckpointObjectsProto {
  readonly nodes: readonly CheckpointObjectProto[]
}

export interface CheckpointObjectProto {
  readonly attributes: readonly SavedAttributeProto[]
}

export interface SavedAttributeProto {
  /** The variable's name in its graph. */
  readonly fullName?: string | undefined
  readonly key?: string | undefined
}

export const BUNDLE_HEADER: MessageSchema<BundleHeaderProto> = messageSchema('BundleHeaderProto', () => ({
  shards: [1, 'int'],
  endianness: [2, 'int'],
}))

const SLICE: MessageSchema<SliceProto> = messageSchema('TensorSliceProto', () => ({}))

export const BUNDLE_ENTRY: MessageSchema<BundleEntryProto> = messageSchema('BundleEntryProto', () => ({
  dtype: [1, 'int'],
  shape: [2, SHAPE],
  shard: [3, 'int'],
  offset: [4, 'int'],
  size: [5, 'int'],
  slices: [7, [SLICE]],
}))

const SAVED_ATTRIBUTE: MessageSchema<SavedAttributeProto> = messageSchema('SerializedTensor', () => ({
  fullName: [2, 'text'],
  key: [3, 'text'],
}))

const CHECKPOINT_OBJECT: MessageSchema<CheckpointObjectProto> = messageSchema('TrackableObject', () => ({
  attributes: [2, [SAVED_ATTRIBUTE]],
}))

export const CHECKPOINT_OBJECTS: MessageSchema<CheckpointObjectsProto> = messageSchema('TrackableObjectGraph', () => ({
  nodes: [1, [CHECKPOINT_OBJECT]],
}))
