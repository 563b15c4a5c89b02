/** How images become what the model takes. */
import { choice, flag, path, wholeNumber, words } from '../value-kind.js'
import { input } from './option-group.js'

/** How images become what the model takes. */
export const imageOptions = {
  labels: input(
    path('a file of class names', 'imagenet.txt'),
    'file',
    'names of the output indices: a name a line, or JSON',
  ),
  limit: input(wholeNumber(0, '100'), 'count', 'most images to use (0: all)'),
  strict: input(flag, undefined, 'fail on a broken image instead of skipping it'),
  resize: input(choice(['shortest-crop', 'stretch', 'letterbox']), 'policy', 'shortest-crop, stretch or letterbox'),
  normalize: input(
    words('imagenet, tf, none or mean,std', 'imagenet'),
    'values',
    'imagenet, tf, none or mean,std on the scale 0..1',
  ),
  layout: input(choice(['NCHW', 'NHWC']), 'order', "NCHW or NHWC (default: the model's)"),
  channelOrder: input(choice(['RGB', 'BGR']), 'order', 'RGB or BGR'),
} as const
