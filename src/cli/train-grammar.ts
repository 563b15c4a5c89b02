/** The words of `greenbench train` in the help. */

export const TRAIN_DESCRIPTION = 'train the model on labelled images, and measure what each epoch costs'

export const TRAIN_EXAMPLES = `
Examples:
  greenbench train model.onnx --images photos --epochs 10
  greenbench train model.keras --images photos --classes 5 --augment flip,crop --save trained.onnx
  greenbench train model.onnx --images photos --from-scratch --optimizer sgd --learning-rate 0.05 --schedule cosine
  greenbench train model.onnx --images photos --epochs 100 --until-accuracy 90% --country FR --json result.json
  greenbench train model.onnx --images photos --epochs 50 --checkpoint run.ckpt
  greenbench train model.onnx --images photos --epochs 50 --checkpoint run.ckpt --resume run.ckpt
  greenbench train model.onnx --images photos --events -

photos has a folder of images for each class: photos/cat/1.jpg, photos/dog/2.jpg. Ctrl-C ends the training after its step:
the files of --save and --checkpoint hold the last whole epoch, and the result is that of what had been done.

--events writes an object a line: {"event":"start",...}, "progress" (once a second), "epoch", and "end" with the record.

Exit codes: 0 done, 1 failed (a loss that is no number, a disk that is full), 2 wrong usage, 3 --until-accuracy was not
reached, or a figure is over a limit of --fail-if, 4 a required profiler is not available, 130 interrupted.
`
