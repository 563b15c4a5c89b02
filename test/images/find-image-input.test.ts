/** Which input of a model takes images, and how, told from its signature alone. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../formats/factory.js'
import type { DataType } from '../../src/graph/data-type.js'
import { symbol } from '../../src/graph/dimension.js'
import type { ValueInfo } from '../../src/graph/graph.js'
import { findImageInput } from '../../src/images/find-image-input.js'
import { describeWithSharedData, sharedPath } from '../helpers/shared-data.js'

function value(name: string, shape: readonly (number | string)[] | undefined, dtype: DataType = 'float32'): ValueInfo {
  const sizes = shape?.map((size) => (typeof size === 'string' ? symbol(size) : size))
  return { name, type: { kind: 'tensor', dtype, shape: sizes } }
}

describe('an input that takes images', () => {
  test.each([
    ['ResNet', [1, 3, 224, 224], 'NCHW', 3, 224, 224, 1],
    ['free batch', ['N', 3, 299, 299], 'NCHW', 3, 299, 299, undefined],
    ['Keras', ['N', 224, 224, 3], 'NHWC', 3, 224, 224, undefined],
    ['MNIST', [1, 1, 28, 28], 'NCHW', 1, 28, 28, 1],
    ['MNIST of Keras', ['N', 28, 28, 1], 'NHWC', 1, 28, 28, undefined],
    ['RGBA', [1, 64, 48, 4], 'NHWC', 4, 64, 48, 1],
    ['UltraFace', [1, 3, 240, 320], 'NCHW', 3, 240, 320, 1],
    ['one column', [1, 3, 224, 3], 'NCHW', 3, 224, 3, 1],
    ['named channels', ['batch', 'channels', 'height', 'width'], 'NCHW', 3, 224, 224, undefined],
    ['named channels last', ['batch', 'height', 'width', 'channels'], 'NHWC', 3, 224, 224, undefined],
    ['free size', ['N', 3, 'H', 'W'], 'NCHW', 3, 224, 224, undefined],
    ['free width', [1, 3, 640, 'W'], 'NCHW', 3, 640, 640, 1],
  ])('%s %j is read as %s', (_, shape, layout, channels, height, width, fixedBatch) => {
    const input = findImageInput([value('x', shape)])
    expect(input).toMatchObject({
      layout,
      channels,
      height,
      width,
      fixedBatch,
      hasBatchAxis: true,
      hasChannelAxis: true,
    })
  })

  test.each([
    ['x', [3, 224, 200], 'NCHW', 3, false, true, undefined],
    ['x', [64, 80, 3], 'NHWC', 3, false, true, undefined],
    ['x', [1, 28, 28], 'NCHW', 1, false, true, undefined],
    ['x', ['N', 28, 28], 'NCHW', 1, true, false, undefined],
    ['x', [32, 28, 28], 'NCHW', 1, true, false, 32],
    ['image', ['N', 48, 160], 'NCHW', 1, true, false, undefined],
  ])(
    '%s %j without a batch or channel axis is read too',
    (name, shape, layout, channels, batch, channel, fixedBatch) => {
      expect(findImageInput([value(name, shape)])).toMatchObject({
        layout,
        channels,
        hasBatchAxis: batch,
        hasChannelAxis: channel,
        fixedBatch,
      })
    },
  )

  test('keeps its type', () => {
    for (const dtype of ['float16', 'uint8', 'int8', 'float64', 'int64', 'bfloat16'] as const) {
      expect(findImageInput([value('x', [1, 3, 8, 8], dtype)]).dtype).toBe(dtype)
    }
  })

  test('takes free sizes from the user, and says nothing of assuming them', () => {
    const inputShapes = new Map([['x', [8, 3, 320, 480]]])
    const input = findImageInput([value('x', ['N', 3, 'H', 'W'])], { inputShapes })
    expect(input).toMatchObject({ fixedBatch: 8, height: 320, width: 480, assumptions: [] })
  })

  test('states what it assumes', () => {
    expect(findImageInput([value('x', ['N', 3, 'H', 'W'])]).assumptions).toEqual([
      'input x: the model leaves the size free, 224 x 224 pixels assumed',
    ])
    expect(findImageInput([value('x', ['a', 'b', 'c', 'd'])]).assumptions).toEqual([
      'input x: the model leaves the layout free, NCHW assumed',
      'input x: the model leaves the channels free, 3 (RGB) assumed',
      'input x: the model leaves the size free, 224 x 224 pixels assumed',
    ])
  })

  test('follows the layout and the channel order that the user names', () => {
    const input = findImageInput([value('x', [1, 3, 224, 3])], { layout: 'NHWC', channelOrder: 'BGR' })
    expect(input).toMatchObject({ layout: 'NHWC', channelOrder: 'BGR', height: 3, width: 224 })
  })

  test('of free rank is read from the sizes of the user', () => {
    const inputShapes = new Map([['x', [1, 3, 64, 64]]])
    expect(findImageInput([value('x', undefined)], { inputShapes })).toMatchObject({ layout: 'NCHW', height: 64 })
  })
})

describe('a model that takes no images', () => {
  test.each<[string, ValueInfo, RegExp]>([
    ['tokens', value('input_ids', ['N', 'T'], 'int64'), /input_ids int64\[N, T\]: it has 2 axes/],
    ['a sequence', value('x', ['N', 'T', 768]), /looks like a sequence/],
    ['one sequence', value('x', [1, 128, 768]), /looks like a sequence/],
    ['an LSTM of 3 steps', value('x', [3, 1, 2]), /looks like a sequence/],
    ['a feature map', value('x', [1, 64, 56, 56]), /no axis of 1, 3 or 4 channels/],
    ['a video', value('x', [1, 3, 16, 112, 112]), /5 axes/],
    ['text', value('x', [1, 3, 8, 8], 'string'), /elements are string/],
    ['unknown rank', value('x', undefined), /rank is free/],
    ['an empty axis', value('x', [0, 3, 8, 8]), /empty axis/],
    ['a few values in 4 channels', value('x', [1, 9, 4, 4]), /too small for an image of 4 channels/],
    ['endless sides', value('x', [1, 3, 100_000, 8]), /more than 16384 a side/],
    ['a sequence of tensors', { name: 'x', type: { kind: 'sequence', element: undefined } }, /it is a sequence/],
    ['no type', { name: 'x', type: undefined }, /its type is not known/],
  ])('because of %s is refused by name, with a way out', (_, input, reason) => {
    expect(() => findImageInput([input])).toThrowError(
      expect.objectContaining({
        code: 'E_NOT_AN_IMAGE_MODEL',
        message: expect.stringMatching(reason),
        hint: expect.stringMatching(/--synthetic/),
      }),
    )
  })

  test('because it has no input says so', () => {
    expect(() => findImageInput([])).toThrowError(/it has no input/)
  })

  test('with many inputs names the first ones', () => {
    const inputs = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => value(name, [1, 10]))
    expect(() => findImageInput(inputs)).toThrowError(/and 2 more/)
  })
})

describe('a model of several inputs', () => {
  test('of which images could fill one names the others', () => {
    const inputs = [value('pixel_values', ['N', 3, 224, 224]), value('input_ids', ['N', 77], 'int64')]
    expect(() => findImageInput(inputs)).toThrowError(
      expect.objectContaining({
        code: 'E_SEVERAL_INPUTS',
        message: expect.stringMatching(/fill pixel_values, but input_ids int64\[N, 77\] would stay empty/),
      }),
    )
  })

  test('that all take images is refused too', () => {
    const inputs = [value('left', [1, 3, 64, 64]), value('right', [1, 3, 64, 64])]
    expect(() => findImageInput(inputs)).toThrowError(/each wants images of its own/)
  })
})

test('sizes that contradict the model are refused', () => {
  const inputShapes = new Map([['x', [1, 3, 225, 224]]])
  expect(() => findImageInput([value('x', ['N', 3, 224, 224])], { inputShapes })).toThrowError(
    expect.objectContaining({
      code: 'E_INPUT_SHAPE',
      message: 'input x is [N, 3, 224, 224], and cannot be [1, 3, 225, 224]',
    }),
  )
})

describeWithSharedData('real models', () => {
  const root = sharedPath('onnx')
  const formats = ModelFactory.withPredefinedFormats()
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.onnx'))

  test.each([
    ['light/light_resnet50.onnx', 'gpu_0/data_0', 'NCHW', 3, 224, 224, 1],
    ['light/light_bvlc_alexnet.onnx', 'data_0', 'NCHW', 3, 224, 224, 1],
    ['microsoft__onnxruntime-inference-examples/c_cxx__MNIST__mnist.onnx', 'Input3', 'NCHW', 1, 28, 28, 1],
    [
      'KonduitAI__dl4j-test-resources/src__main__resources__onnx_graphs__output_cnn_mnist.onnx',
      'input.1',
      'NCHW',
      1,
      28,
      28,
      10,
    ],
    ['onnxruntime/winml/test/collateral/models/fns-candy.onnx', 'inputImage', 'NCHW', 3, 720, 720, undefined],
    ['onnxruntime/testdata/multi_stream_models/simplified_ssd.onnx', 'graph_in', 'NCHW', 3, 300, 300, 3],
  ])('%s takes images', async (file, name, layout, channels, height, width, fixedBatch) => {
    const { inputs } = await formats.open(join(root, file))
    expect(findImageInput(inputs)).toMatchObject({ name, layout, channels, height, width, fixedBatch })
  })

  test('of any kind either take images or are refused with a reason', async () => {
    const refused: unknown[] = []
    for (const name of names) {
      const model = await formats.open(join(root, name)).catch(() => undefined)
      try {
        if (model !== undefined) findImageInput(model.inputs)
      } catch (cause) {
        refused.push(cause)
      }
    }
    expect(names.length).toBeGreaterThan(100)
    expect(refused.length).toBeGreaterThan(50)
    for (const cause of refused) {
      expect(cause).toMatchObject({ code: expect.stringMatching(/^E_(?:NOT_AN_IMAGE_MODEL|SEVERAL_INPUTS)$/) })
    }
  })
})
