// The public surface of the package, nothing else.
export { RhymeError, type RhymeErrorFields, type RhymeErrorKind } from "./errors.ts";
export { createRng, type Rng } from "./math/rng.ts";
export type { EpochMs } from "./time/units.ts";
export { parseTimeframe, type Timeframe } from "./time/timeframe.ts";
export type { Calendar, Session } from "./time/calendar.ts";
export {
  calendarByName,
  CALENDAR_NAMES,
  describeCalendars,
  isCalendarName,
  registerCalendar,
} from "./time/calendars.ts";
export { sessionCalendar, type SessionCalendarOptions } from "./time/session-calendar.ts";
export { horizonBars, type Horizon } from "./time/horizon.ts";
export type { CandlesByTimeframe, CandleSeries, SeriesKey } from "./candles/candle-series.ts";
export { factsOfSeries, factStore, type CandleFacts } from "./candles/candle-facts.ts";
export type { CandlePage, CandleRange, CandleSource, CandleStore } from "./candles/candle-store.ts";
export { makeSeries } from "./candles/make-series.ts";
export {
  FINDING_KINDS,
  isStandingError,
  severityOf,
  type Finding,
  type FindingKind,
} from "./candles/finding.ts";
export { checkJsonSchema, findingDocument, findingJsonSchema } from "./candles/finding-schema.ts";
export { refuseErrors } from "./candles/finding-strict.ts";
export { REPAIRABLE_KINDS, REPAIRS } from "./candles/repairs.ts";
export { qualityReport, type QualityReport } from "./candles/quality-report.ts";
export { gapLedger, type GapLedger } from "./candles/gap-ledger.ts";
export { byTimeframe, resample } from "./candles/resample.ts";
export { knownBy, sliceRows } from "./candles/slice.ts";
export type { Feature, FeatureSet, FeatureTable, FeatureTables } from "./features/feature.ts";
export { computeFeature } from "./features/compute-feature.ts";
export { dorseyRvi } from "./features/dorsey-rvi.ts";
export { emaDistance } from "./features/ema-distance.ts";
export { logReturn } from "./features/log-return.ts";
export { marketClock } from "./features/market-clock.ts";
export { realisedVolatility } from "./features/realised-volatility.ts";
export { regime } from "./features/regime.ts";
export { roc } from "./features/roc.ts";
export { rsi } from "./features/rsi.ts";
export { volumeSurprise } from "./features/volume-surprise.ts";
export { wilderAtr } from "./features/wilder-atr.ts";
export { FEATURE_SETS, featureSetByName } from "./features/feature-sets.ts";
export { featureStream } from "./features/feature-stream.ts";
export { featureTables } from "./features/feature-table.ts";
export type { Graph } from "./graph/graph.ts";
export type { GraphDesign } from "./graph/graph-design.ts";
export { defaultDesign } from "./graph/design.ts";
export { DESIGNS, designByName } from "./graph/designs/every-design.ts";
export { edgeSummary, type EdgeSummary } from "./graph/edge-summary.ts";
export { historyGraph } from "./graph/history-graph.ts";
export { hopsTo } from "./graph/hops-to.ts";
export { buildGraphFromOhlcv, type WindowGraphOptions } from "./graph/window-graph.ts";
export { toGraphml } from "./graph/graphml.ts";
export type { Embeddings, EncodeOptions, Encoder, EncoderStream } from "./encoder/encoder.ts";
export type { EncoderFamily, FitOptions } from "./encoder/family.ts";
export { gnnFamily, sageFamily } from "./encoder/gnn/gnn-family.ts";
export type { GnnEncoder } from "./encoder/gnn/gnn-encoder.ts";
export { LAYER_KINDS, type LayerKind } from "./encoder/gnn/gnn-model.ts";
export { windowForm } from "./encoder/gnn/window-form.ts";
export { encodeArtefact, loadEncoder } from "./encoder/load-encoder.ts";
export type { ObjectiveOptions, TargetColumns } from "./encoder/objective-options.ts";
export { LABELS, type Context, type ContextColumns, type Label } from "./context/context.ts";
export { contextAt } from "./context/context-at.ts";
export { labelHorizon } from "./context/label.ts";
export type { LabelCounts, Memory, Neighbour, Pattern, PatternBatch, Pool, Query } from "./memory/memory.ts";
export { indexedMemory, type IndexedMemoryOptions } from "./memory/indexed-memory.ts";
export { IncompleteWrite, type PatternIndex, type PatternSource } from "./memory/pattern-index.ts";
export { ramMemory } from "./memory/ram-memory.ts";
export { isBehind, rebuildIndex, syncIndex, type SyncReport } from "./memory/sync-index.ts";
export { verifyIndex, type VerifyIndexOptions } from "./memory/verify-index.ts";
export { harForecast } from "./forecast/har.ts";
export {
  answerJsonSchema,
  answerSchema,
  type Answer,
  type AnswerNeighbour,
  type Trust,
} from "./recall/answer.ts";
export type { MomentAsOf, Question } from "./recall/question.ts";
export { recall } from "./recall/recall.ts";
export { recallMany, type AnswerColumns } from "./recall/recall-many.ts";
export type { RecallRecord } from "./recall/record-type.ts";
export {
  MultiTimeframeGNNMemoryEncoder,
  type ContextsByHorizon,
  type PatternMetadata,
  type SimilarityQuestion,
} from "./recall/memory-encoder.ts";
export type { ComparedJudgement, Judgement } from "./anomaly/anomaly.ts";
export { AnomalyDetector, type DetectorOptions } from "./anomaly/detector.ts";
export type { ChangeReport } from "./evaluation/changes/change-report.ts";
export { explainChanges, type ExplainOptions } from "./evaluation/changes/explain-changes.ts";
export { extendRecord } from "./evaluation/record.ts";
export { checkHistory, type HistoryReport, type Violation } from "./evaluation/look-ahead/check-history.ts";
export { explain } from "./evaluation/look-ahead/explain.ts";
export type { History } from "./evaluation/look-ahead/history.ts";
export type { Stated, StatedColumn } from "./evaluation/look-ahead/stated.ts";
export type { CandlesSubject, StoreSubject, Subject } from "./evaluation/look-ahead/subject.ts";
export type {
  ColumnReport,
  FunctionReport,
  Leak,
  LookAheadReport,
  Verdict,
  WarmUp,
} from "./evaluation/look-ahead/user/report.ts";
export {
  neighbourForecasts,
  type NeighbourForecasts,
  type NeighbourQuestions,
} from "./evaluation/neighbours/neighbour-forecasts.ts";
export { neighbourBaselines, savedOverSeeds } from "./evaluation/neighbours/neighbour-contenders.ts";
export { scoreNeighbours, type NeighbourScore } from "./evaluation/neighbours/score-neighbours.ts";
export { scoreboard, type Contender, type Scoreboard } from "./evaluation/scoreboard.ts";
export {
  bestByChance,
  trialLedger,
  withTrial,
  type Trial,
  type TrialLedger,
} from "./evaluation/trial-ledger.ts";
export { yearlyFolds } from "./evaluation/trust/folds.ts";
export { makeTrustReport } from "./evaluation/trust/make-trust-report.ts";
export type { TrustReport } from "./evaluation/trust/trust-report.ts";
export { trustRows, type TrustRows } from "./evaluation/trust/trust-rows.ts";
export { walkForward } from "./evaluation/trust/walk-forward.ts";
export { correctionsOf } from "./remember/corrections-of.ts";
export { fitByFile, type FittedByFile } from "./remember/fit-by-file.ts";
export { parseFitFile, type FitFile } from "./remember/fit-file.ts";
export { futureTargets, residualTargets } from "./remember/fit-targets.ts";
export { LiveSeries, startLive, storeLive } from "./remember/live-series.ts";
export type { LiveBatch } from "./remember/live-batch.ts";
export { seriesAsOf } from "./remember/views.ts";
export { reembedder } from "./remember/reembed.ts";
export { momentAsOf, type MomentOf } from "./remember/moment-as-of.ts";
export { recallAsOf, type QuestionAsOf } from "./remember/recall-as-of.ts";
export { rememberInRam } from "./remember/remember-in-ram.ts";
export { residualsOf } from "./remember/residuals-of.ts";
export { remember, type RememberReport } from "./remember/remember.ts";
export { readEncoderFolder, writeEncoderFolder } from "./adapters/artefacts/encoder-folder.ts";
export { shippedEncoders } from "./adapters/artefacts/shipped.ts";
export {
  connectExchange,
  type ConnectOptions,
  type ExchangeConnection,
} from "./adapters/exchange/exchange-connection.ts";
export {
  exchangeSource,
  type ExchangePage,
  type ExchangeSource,
  type ExchangeSourceOptions,
} from "./adapters/exchange/exchange-source.ts";
export { candlesFromColumns } from "./adapters/files/columns-table.ts";
export { fileSource } from "./adapters/files/file-source.ts";
export { candlesFromFrame, readCandles, type ReadCandles } from "./adapters/files/read-candles.ts";
export { candlesToFrame, writeParquet } from "./adapters/files/write-candles.ts";
export { graphFigure } from "./adapters/plotly/graph-figure.ts";
export {
  lookAhead,
  lookAheadFile,
  type LookAheadFileOptions,
  type LookAheadOptions,
} from "./adapters/look-ahead/look-ahead.ts";
export { lookAheadText } from "./adapters/look-ahead/look-ahead-text.ts";
export type { CandlesFunction, FramesFunction } from "./adapters/look-ahead/user-function.ts";
export type { ExportTables } from "./adapters/sqlite/export-tables.ts";
export { openMemoryFolder, type MemoryFolder } from "./adapters/sqlite/open-memory.ts";
export { openWeaviate, type WeaviateServer } from "./adapters/weaviate/open-weaviate.ts";
export type { TenantHandle } from "./adapters/weaviate/tenant.ts";
export { openTensorFlow } from "./adapters/tfjs/open-tensorflow.ts";
export { answerPage } from "./adapters/html/answer-page.ts";
export { checkPage } from "./adapters/html/check-page.ts";
export { trustPage } from "./adapters/html/trust-page.ts";
export { answerText } from "./adapters/text/answer-table.ts";
export { trustText } from "./adapters/text/trust-table.ts";
