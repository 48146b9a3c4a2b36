// What notebooks import as "rhyme/notebook": showing, plotting, progress and the signal of the stop button.
export { interruptSignal, type DisplayHost, type MimeBundle } from "./adapters/notebook/host.ts";
export { promote, type PromoteOptions } from "./adapters/notebook/promote.ts";
export {
  markdown,
  plot,
  progress,
  show,
  table,
  type Displayable,
  type PlotOptions,
  type ProgressBar,
} from "./adapters/notebook/show.ts";
export { conclusion, type Conclusion } from "./adapters/notebook/conclusion.ts";
export { trainingFigure } from "./adapters/notebook/training-output.ts";
export { dataFile } from "./adapters/notebook/data-file.ts";
export { embeddingFigure, type Colouring } from "./adapters/notebook/embedding-figure.ts";
export { exampleMarket, type ExampleMarket } from "./adapters/notebook/example-market.ts";
export { chosenMarket, namedIn, readMarket, type MarketParameters } from "./adapters/notebook/market.ts";
export { exampleFile } from "./adapters/notebook/example-file.ts";
