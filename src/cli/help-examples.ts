/** What stands below the options in `--help`: examples, and what they do not say. */

/** Of `greenbench`. */
export const EXAMPLES = `
Examples:
  greenbench model.onnx --images photos
  greenbench model.onnx --images photos --batch 1,8,32 --country FR --json result.json
  greenbench model.onnx --synthetic --profiler rapl --target-ci 1%
  greenbench inspect model.onnx --top 10
  greenbench model.onnx --images photos --engine onnxruntime,tfjs-wasm
  greenbench small.onnx large.onnx saved_model --images photos --json comparison.json
  greenbench train model.onnx --images photos --epochs 10 --save trained.onnx
  greenbench convert model.keras model.onnx
  greenbench leaderboard build results/ -o leaderboard.json
  greenbench carbon lookup Paris
  greenbench replay run.jsonl --country FR
  greenbench compare base.json new.json --max-regress 5%
  greenbench report result.json -o report.html
  greenbench export result.json --to mlflow --url http://127.0.0.1:5000
  greenbench detect

Every option may also stand in the environment (GREENBENCH_TARGET_CI=1%) or in a greenbench.config.yaml
(target-ci: 1%); the command line comes first, then the environment, then the file.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 over a limit of --fail-if, or worse than before, 4 a required profiler is
not available, 5 an engine or its device is not available, 130 interrupted.
`

/** Of `greenbench inspect`. */
export const INSPECT_EXAMPLES = `
Examples:
  greenbench inspect model.onnx
  greenbench inspect model.onnx --top 10 --batch 8
  greenbench inspect model.onnx --input data=1x3x320x320 --layers --json -
`

/** Of `greenbench detect`. */
export const DETECT_EXAMPLES = `
Examples:
  greenbench detect
  greenbench detect --json
`

/** Of `greenbench convert`. */
export const CONVERT_EXAMPLES = `
Examples:
  greenbench convert model.h5 model.onnx
  greenbench convert saved_model model.onnx --signature serving_default
  greenbench convert large.keras large.onnx --external-data --force

The new file is loaded in onnxruntime before it takes its place, and its outputs are compared with the model's on
random values; it keeps the names of inputs and outputs and leaves the batch free.
`

/** Of `greenbench label`. */
export const LABEL_EXAMPLES = `
Examples:
  greenbench label result.json -o label.svg
  greenbench label result.json -o label.png --badge badge.svg --theme dark
  greenbench label result.json -o label.svg --accuracy 76.13% --accuracy-source "torchvision IMAGENET1K_V1"

The grade follows from the joules of one image and the accuracy alone: docs/leaderboard.md has the rule.
`

/** Of `greenbench replay`. */
export const REPLAY_EXAMPLES = `
Examples:
  greenbench model.onnx --images photos --trace run.jsonl
  greenbench replay run.jsonl --country FR --pue 1.2
  greenbench replay run.jsonl --idle-model before --explain --json result.json

What is not given stays as it was in the run. The trace of a run that was killed gives what had been measured by then.
`

/** Of `greenbench report`. */
export const REPORT_EXAMPLES = `
Examples:
  greenbench model.onnx --images photos --json result.json
  greenbench report result.json -o report.html
  greenbench report a.json b.json --title "Our classifiers" --format pdf-ready -o report.html
`
