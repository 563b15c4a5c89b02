/**
 * Decision trees of `ai.onnx.ml`: classifiers, regressors and the ensemble of version 5.
 *
 * @see https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsemble.html
 */
import { labelCount, labelsAndScores, rowsOf, transformSteps } from './classical-ml.js'
import { tensor } from './known-value.js'
import type { Cost, CostContext, NodeContext, OperatorFamily } from './rule.js'

/** One for each node; in double precision they come as a tensor. */
const THRESHOLDS = ['nodes_values', 'nodes_values_as_tensor']

export const treeEnsemble: OperatorFamily = {
  TreeEnsembleClassifier: {
    shape: (context) => labelsAndScores(context, labelCount(context)),
    cost: (context) => ensembleCost(context, listedTrees(context), 1),
    weightAttributes: [...THRESHOLDS, 'class_weights', 'class_weights_as_tensor'],
  },
  TreeEnsembleRegressor: {
    shape: (context) => [tensor('float32', [rowsOf(context), context.int('n_targets', 1)])],
    cost: (context) => ensembleCost(context, listedTrees(context), 0),
    weightAttributes: [...THRESHOLDS, 'target_weights', 'target_weights_as_tensor'],
  },
  TreeEnsemble: {
    shape: (context) => [tensor(context.dtype(0), [rowsOf(context), context.int('n_targets', 1)])],
    cost: (context) => ensembleCost(context, linkedTrees(context), 0),
    weightAttributes: ['nodes_splits', 'leaf_weights'],
  },
}

/** A forest as links: a node has two children, each a node or `undefined` for a leaf. */
interface Forest {
  readonly roots: readonly (number | undefined)[]
  readonly children: readonly (readonly [number | undefined, number | undefined])[]
}

/** Comparisons down to a leaf of every tree, and the sum of what the leaves say. */
function ensembleCost(context: CostContext, forest: Forest, scoresOutput: number): Cost {
  const [rows = 0] = context.outputSizes(scoresOutput)
  const depths = forest.roots.reduce<number>((sum, root) => sum + meanDepth(root, forest), 0)
  context.assume('tree ensembles: every tree is followed to a leaf of its mean depth')
  const perRow = depths + forest.roots.length
  return { macs: 0, other: rows * perRow + context.outputElements(scoresOutput) * transformSteps(context) }
}

/** Mean over the leaves; a node that is met again ends its path, so broken files end too. */
function meanDepth(root: number | undefined, { children }: Forest): number {
  const seen = new Set<number>()
  let level = [root]
  let [leaves, depthOfLeaves] = [0, 0]
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: (number | undefined)[] = []
    for (const node of level) {
      const pair = node === undefined || seen.has(node) ? undefined : children[node]
      if (node === undefined || pair === undefined) {
        leaves += 1
        depthOfLeaves += depth
      } else {
        seen.add(node)
        next.push(...pair)
      }
    }
    level = next
  }
  return leaves === 0 ? 0 : depthOfLeaves / leaves
}

/** Before version 5 every node, leaves too, is named by its tree and its number in it; the first is the root. */
function listedTrees(context: NodeContext): Forest {
  const trees = context.ints('nodes_treeids') ?? []
  const numbers = context.ints('nodes_nodeids') ?? []
  const whenTrue = context.ints('nodes_truenodeids') ?? []
  const whenFalse = context.ints('nodes_falsenodeids') ?? []
  const modes = context.attribute('nodes_modes')
  const names = modes?.kind === 'strings' ? modes.value : []
  const places = new Map(trees.map((tree, place) => [`${tree}/${numbers[place]}`, place]))
  const roots = new Map<number, number>()
  for (const [place, tree] of trees.entries()) if (!roots.has(tree)) roots.set(tree, place)
  const child = (place: number, ids: readonly number[]) => places.get(`${trees[place]}/${ids[place]}`)
  const children = trees.map((_, place) => [child(place, whenTrue), child(place, whenFalse)] as const)
  const isLeaf = (place: number) => names[place] === 'LEAF'
  const withoutLeaves = children.map(([left, right]) => [dropLeaf(left, isLeaf), dropLeaf(right, isLeaf)] as const)
  return { roots: [...roots.values()].map((root) => dropLeaf(root, isLeaf)), children: withoutLeaves }
}

function dropLeaf(place: number | undefined, isLeaf: (place: number) => boolean): number | undefined {
  return place === undefined || isLeaf(place) ? undefined : place
}

/** From version 5 on only inner nodes are listed, and flags say which children are leaves. */
function linkedTrees(context: NodeContext): Forest {
  const whenTrue = context.ints('nodes_truenodeids') ?? []
  const whenFalse = context.ints('nodes_falsenodeids') ?? []
  const trueLeafs = context.ints('nodes_trueleafs') ?? []
  const falseLeafs = context.ints('nodes_falseleafs') ?? []
  const children = whenTrue.map((node, place) => {
    const other = whenFalse[place]
    return [trueLeafs[place] === 1 ? undefined : node, falseLeafs[place] === 1 ? undefined : other] as const
  })
  return { roots: context.ints('tree_roots') ?? [], children }
}
