/** The competitors of a comparison as rows, one for each. */
import type { ComparisonRecord, InferenceRecord, ResultRecord } from '../../core/record.js'
import { formatFigure, JOULES, RATIO, SECONDS } from '../quantity.js'

type Competitor = ComparisonRecord['competitors'][number]

/** Names of the columns; the first is a text, the others are figures. */
export const COMPETITOR_HEAD = [
  'Competitor',
  'Latency, mean',
  'Energy per inference',
  'Time, ratio',
  'Energy, ratio',
  'Outputs differ by',
]

/** @param all - records among which those of the competitors are */
export const competitorRows = (
  record: ComparisonRecord,
  all: readonly ResultRecord[],
): readonly (readonly string[])[] => record.competitors.map((competitor) => competitorCells(competitor, record, all))

function competitorCells(
  competitor: Competitor,
  { baseline }: ComparisonRecord,
  all: readonly ResultRecord[],
): string[] {
  const run = runOf(competitor, all)
  const { latency, energy } = run ?? {}
  const isBaseline = competitor.name === baseline
  return [
    run === undefined ? competitor.name : `${competitor.name}: ${run.engine.name} ${run.engine.version}`,
    latency ? formatFigure({ ...latency, value: latency.mean }, SECONDS) : 'not known',
    energy
      ? `${formatFigure({ ...energy.perInference, value: energy.perInference.joules }, JOULES)}, ${energy.kind}`
      : 'not known',
    ratioText(competitor.timeRatio, isBaseline),
    ratioText(competitor.energyRatio, isBaseline),
    differenceText(competitor.outputDifference, isBaseline),
  ]
}

const ratioText = (ratio: Competitor['timeRatio'], isBaseline: boolean): string =>
  isBaseline ? '1' : ratio === undefined ? 'not known' : formatFigure({ ...ratio, value: ratio.ratio }, RATIO)

/** The record of a competitor, where it is there. */
export function runOf(competitor: Competitor, all: readonly ResultRecord[]): InferenceRecord | undefined {
  const run = all.find(({ id }) => id === competitor.record)
  return run?.kind === 'inference' ? run : undefined
}

function differenceText(difference: number | undefined, isBaseline: boolean): string {
  if (difference === undefined) return isBaseline ? '' : 'not known'
  return difference === 0 ? 'nothing' : difference.toExponential(0)
}
