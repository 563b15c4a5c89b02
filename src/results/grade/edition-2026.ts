/** Edition 2026 of the grades: its scale and its reference lines. It never changes; other lines need another edition. */
import type { Edition, ReferenceLine } from '../leaderboard/leaderboard.js'

/** Each letter is half a power of ten: two letters are a factor of ten. */
const LIMITS: Edition['limits'] = [
  { letter: 'A', index: 0.01 },
  { letter: 'B', index: 0.031_622_8 },
  { letter: 'C', index: 0.1 },
  { letter: 'D', index: 0.316_228 },
  { letter: 'E', index: 1 },
  { letter: 'F', index: 3.162_28 },
]

/**
 * The line runs through one published measurement, ResNet-50 on an embedded processor, and rises with accuracy as the
 * multiply-accumulates of published models do: their odds of being right to the power of 3.13 +- 0.45, by least squares
 * over the 78 classifiers of torchvision 0.28 (`test/golden/reference-models.json`), rounded to 3.
 *
 * @see https://arxiv.org/abs/2509.26217 for the 2.58 J; https://docs.pytorch.org/vision/stable/models.html for the models
 */
const CPU: ReferenceLine = {
  name: 'cpu',
  joules: 2.58,
  atTop1: 0.7613,
  exponent: 3,
  fromTop1: 0.5,
  toTop1: 0.9,
  source:
    'ResNet-50 v1.5, float32, batch 1: 2.58 J at the socket of a Cortex-A78AE (arXiv:2509.26217); top-1 76.13% and the ' +
    'slope from the published models of torchvision 0.28',
}

/** What a grade needs to know of the edition. */
export const EDITION_2026 = { name: '2026', limits: LIMITS, lines: [CPU] } as const satisfies Pick<
  Edition,
  'name' | 'limits' | 'lines'
>

/** Classes of the task that the lines hold for, ImageNet-1k; some models have one more, for the background. */
export const GRADED_CLASSES = 1000
/** Least share of the joules that a sensor gave. */
export const LEAST_MEASURED_SHARE = 0.8
/** A grade whose interval spans more letters says nothing. */
export const MOST_LETTERS = 2
