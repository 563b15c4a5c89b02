import { describe, expect, test } from 'vitest'
import { trainingCsv } from '../../src/results/record-csv.js'
import { plainStyle } from '../../src/results/text-style.js'
import { trainingExplanation } from '../../src/results/training-explanation.js'
import { trainingText } from '../../src/results/training-table.js'
import { sampleTraining } from '../helpers/sample-training.js'

const text = (change: (record: ReturnType<typeof sampleTraining>) => void = () => {}): string => {
  const record = sampleTraining()
  change(record)
  return trainingText(record, 120, plainStyle)
}

describe('the table of a training', () => {
  test('has a row for each epoch with loss, accuracy, energy and CO2', () => {
    const rows = text()
      .split('\n')
      .filter((line) => /^ +[12] /.test(line))
    expect(rows).toHaveLength(2)
    expect(rows[1]).toMatch(/2 +0\.7000 +61\.0% +0\.7000 +70\.0% +10 s +100 ± 10 J +13\.0 ± 2\.6 mg CO2e/)
  })

  test('calls an idle power from elsewhere given', () => {
    const shown = text((record) => Object.assign(record.energy ?? {}, { idle: { watts: 70, seconds: 0 } }))
    expect(shown).toMatch(/idle power +70 W +given$/m)
  })

  test('leaves out columns that no epoch has', () => {
    const shown = text((record) => {
      for (const epoch of record.epochs) {
        delete epoch.energy
        delete epoch.carbon
        delete epoch.validation
      }
    })
    expect(shown).not.toMatch(/^epoch.*(energy|CO2|val\.)/m)
  })

  test('of many epochs shows the first and the last', () => {
    const shown = text((record) => {
      const [first] = record.epochs
      if (first !== undefined)
        record.epochs = Array.from({ length: 100 }, (_, index) => ({ ...first, epoch: index + 1 }))
    })
    expect(shown).toMatch(/ 15 .*\n +\.\.\.\s*\n +86 /)
  })

  test('marks an epoch that was cut off, and says that the training is incomplete', () => {
    const shown = text((record) => {
      const last = record.epochs.at(-1)
      if (last !== undefined) last.complete = false
      record.complete = false
    })
    expect(shown).toContain('2 (cut)')
    expect(shown).toContain('incomplete: the training did not run to its end')
  })

  test('tells what an accuracy took, and where energy comes from', () => {
    const shown = text((record) => {
      record.target = { accuracy: 0.9, isReached: true, epoch: 2, joules: { joules: 210, low: 200, high: 220 } }
    })
    expect(shown).toMatch(/90\.0% accuracy +after epoch 2/)
    expect(shown).toMatch(/energy until then +210 ± 10 J/)
    expect(shown).toMatch(/energy per 1,000 images .*J/)
    expect(shown).toContain('measured: rapl package-0, dram')
  })
})

describe('what explains a training', () => {
  test('is the interval of an epoch with its parts, and how it was measured', () => {
    const shown = trainingExplanation(sampleTraining(), 120, plainStyle)
    expect(shown).toMatch(/energy per epoch +± 10%/)
    expect(shown).toMatch(/spread of windows +± 1\.8%/)
    expect(shown).toMatch(/epochs measured +2/)
  })

  test('is that of an image where no epoch came to its end, and nothing without energy', () => {
    const { energy, ...rest } = sampleTraining()
    if (energy === undefined) throw new Error('the sample has energy')
    const { perEpoch: _, ...cut } = energy
    expect(trainingExplanation({ ...rest, energy: cut }, 120, plainStyle)).toMatch(/energy per image +± 10%/)
    expect(trainingExplanation(rest, 120, plainStyle)).toBe('the training has no energy to explain\n')
  })
})

test('CSV has a row per epoch, with units in the names of the columns', () => {
  const [head = '', ...rows] = trainingCsv([sampleTraining()]).trimEnd().split('\r\n')
  expect(rows).toHaveLength(2)
  const cells = new Map(head.split(',').map((name, index) => [name, rows[1]?.split(',')[index]]))
  expect(Object.fromEntries(cells)).toMatchObject({
    epoch: '2',
    energy_j: '100',
    validation_accuracy: '0.7',
    power_w: '10',
  })
})
