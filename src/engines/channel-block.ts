/** Finds out whether onnxruntime has convolutions on blocked channels on this processor, and how large its blocks are. */
import { int } from '../graph/attributes.js'
import { GraphBuilder } from '../graph/builder.js'
import { writeOnnx } from '../graph/onnx-writer.js'
import type { OnnxRuntime } from './onnxruntime-library.js'

/** Channels that lie side by side: 16 with AVX-512, 8 with AVX or on arm64. */
export type ChannelBlock = 8 | 16

/** @returns the block, or `undefined` where the operators are missing or their blocks have another size */
export async function channelBlock({ InferenceSession, Tensor }: OnnxRuntime): Promise<ChannelBlock | undefined> {
  const builder = new GraphBuilder('block')
  builder.input('x', 'float32', [1, 4, 1, 1])
  builder.node('ReorderInput', ['x'], { channels_last: int(0) }, { domain: 'com.microsoft.nchwc', outputs: ['y'] })
  builder.output('y')
  try {
    const graph = builder.build({ opsets: { 'com.microsoft.nchwc': 1 } })
    const session = await InferenceSession.create(writeOnnx(graph), { logSeverityLevel: 4, intraOpNumThreads: 1 })
    const { y } = await session.run({ x: new Tensor('float32', new Float32Array(4), [1, 4, 1, 1]) })
    await session.release()
    const channels = y?.dims[1]
    return channels === 8 || channels === 16 ? channels : undefined
  } catch {
    return undefined
  }
}
