// What notebooks import as "rhyme/notebook": showing, plotting, progress and the signal of the stop button.
export { interruptSignal, type DisplayHost, type MimeBundle } from "./adapters/notebook/host.ts";
export {
  markdown,
  plot,
  progress,
  show,
  table,
  type Displayable,
  type ProgressBar,
} from "./adapters/notebook/show.ts";
export { trainingFigure } from "./adapters/notebook/training-output.ts";
export { exampleFile } from "./adapters/notebook/example-file.ts";
