/** What `greenbench label` can be told. */
import { choice, path, share, wholeNumber, words } from '../value-kind.js'
import { leaderboardOutput } from './leaderboard-options.js'
import { input, output } from './option-group.js'

/** Options of `greenbench label`. */
export const LABEL_OPTIONS = {
  output: output(path('a .svg or .png file', 'label.svg'), 'file', 'write the label there, as .svg or .png', {
    short: 'o',
  }),
  badge: output(path('a .svg file', 'badge.svg'), 'file', 'write a badge for a README there'),
  theme: output(
    choice(['auto', 'light', 'dark']),
    'name',
    'light, dark or auto: as the reader likes it (default; light in a .png)',
  ),
  batch: input(wholeNumber(1, '8', 65_536), 'size', 'which batch size, where the file holds several'),
  model: input(
    words('a name of the file', 'resnet18'),
    'name',
    'which model or competitor, where the file holds several',
  ),
  accuracy: input(share('76.13%', 0, 1), 'share', 'published top-1 accuracy on ImageNet-1k, instead of a measured one'),
  accuracySource: input(
    words('where it is published', 'torchvision IMAGENET1K_V1'),
    'text',
    'where that accuracy is published',
  ),
  ...leaderboardOutput,
} as const
