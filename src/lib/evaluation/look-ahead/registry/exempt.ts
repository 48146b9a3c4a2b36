/**
 * Public functions that take history and state nothing about the past, each with the reason why the law of time has
 * nothing to hold there. Whatever gives a value for an instant belongs into the registry instead.
 */
export const EXEMPT: Readonly<Record<string, string>> = {
  // What is there by now, told as that: nobody can ask these about an earlier instant.
  qualityReport: "describes all candles of a file as they lie there now; no candle is kept or dropped by it",
  newestOnTime: "the newest bar of all that a view holds",
  live: "the newest moment of all that is stored by now; what it says comes from recall and AnomalyDetector.compare",
  startLive: "remembers, which is held, and follows what is stored by now",
  "LiveSeries.next":
    "says what remember would write, which is held; live-series.test-prop.ts compares them to the bit",
  storeLive: "writes what LiveSeries.next says through Memory.put and Memory.label",
  "CandleStore.lateFacts": "how many facts came late by now",
  "CandleStore.list": "the series that are stored by now",
  "Memory.count": "how many patterns are stored by now",
  "Memory.verify": "compares what is stored with itself",
  "MemoryFolder.verify": "compares what is stored with itself",
  "MemoryFolder.verifySteps": "compares what is stored with itself",
  "MemoryFolder.holdings": "what is remembered by now",
  "MemoryFolder.summary": "what is stored by now",
  "MemoryFolder.bytes": "the size of files",
  "MemoryFolder.digest": "one hash of what is stored by now",
  "MemoryFolder.labelledUntil": "how far outcomes are stored by now",
  "MemoryFolder.forecastAnchors": "which forecasts are stored by now",
  labelSeries: "the labelling part of remember, which is held; label-series.test.ts compares them",
  "MemoryFolder.forgettable": "what would be taken out by now",
  changedMembers: "whether a stored record is out of date by now",
  inputDrift: "compares two spans of what was known by its own asOf, which drift.test.ts holds it to",
  trustDrift: "compares scored past answers, each stated as of its own time, of two spans",
  indexRecall: "asks past moments of two memories, each as of its own time, and compares what they find",
  explainChanges: "compares two answers, each asked through recallAsOf as of an instant of its own",
  correctionsFor: "part of explainChanges; what it lists comes from correctionsOf",
  "MemoryFolder.patternSource": "every fact with its own instants, as it is stored by now, for an index",
  indexedMemory:
    "answers as the memory before it does, which the contract of memories tests on a real server",

  // Writing: what was written is read as of an instant, and that is held.
  "CandleStore.write": "stores facts; what they say as of an instant is held by store/as-of",
  "MultiTimeframeGNNMemoryEncoder.storeEmbeddingWithContext":
    "stores one pattern through Memory.put and Memory.label",
  "Memory.delete": "takes patterns out for good",
  "MemoryFolder.forget": "takes out for good what a person names",
  "MemoryFolder.compact": "the same rows in a smaller file",
  "MemoryFolder.atomically": "one transaction; what is written in it is held where it is read",
  "MemoryFolder.close": "ends the use of a memory",
  "ExportTables.answers": "answers as they were given, each with the instant it was asked as of",
  "ExportTables.ofOneCommit": "one state of the file for whatever is read in it",
  "Memory.rebuild": "makes search structures anew; answers stay, which the contract of memories tests",
  "Memory.close": "ends the use of a memory",

  // The outside: what they read is judged by assembleCandles, which is held.
  "CandleSource.list": "names of series in files",
  "CandleSource.read": "reads files, which are judged by assembleCandles",
  candlesFromFrame: "another table before the judgement that files/columns holds",
  candlesToFrame: "the same numbers as a table",
  writeParquet: "the same numbers as a file",

  // What encodeHistory, which is held, is given, for programs elsewhere.
  compareEmbeddings:
    "how alike two encoders see candles that are there; each question hears earlier anchors alone",
  historyTensors: "all nodes and edges of a history, each with its knownAt in the order of nodes",

  // Pictures of what they are handed.
  answerPage: "shows an answer, what followed beside it and told apart",
  checkPage: "shows the findings of a file",
  graphFigure: "shows a graph",
  plot: "shows candles, a graph, an answer",
  embeddingFigure: "shows embeddings",
  edgeSummary: "counts what a finished graph holds",
  hopsTo: "walks a finished graph backwards; its edges run forward in time",

  // The checker for functions of others: it hands candles on, cut and whole, and compares.
  lookAhead: "the checker itself",
  lookAheadFile: "the checker itself, for a file",
  checkHistory: "the checker itself, for a subject of one's own",
  explain: "the checker itself, asked again until it knows which bar",
  "CandlesSubject.run": "the type of what the checker asks",
  "CandlesSubject.stream": "the type of what the checker asks",
  "CandlesSubject.suits": "which histories the checker asks it on",
  "StoreSubject.run": "the type of what the checker asks",
  "StoreSubject.stream": "the type of what the checker asks",
  "StoreSubject.suits": "which histories the checker asks it on",
  CandlesFunction: "the type of what a user hands to the checker",

  // Bricks of the harness, and types of functions that are held under their own names.
  factsKnownBy: "makes the past that every subject is held against",
  factsOfSeries: "the same rows, late where a row behind was known before",
  lateByOwnWord: "the same facts, late where a row behind was known before",
  takeFacts: "the rows that are named",
  permuteNodes: "other numbers for the nodes of a finished graph",
  fittable: "knownBy, which is held, of each series, and a count of what is left",
  fitEncoder: "fits on what fittable leaves, up to a fitUntil that EncoderFamily.fit is held to",
  fitByFile:
    "fits on what fittable leaves and on targets that are held, up to a fitUntil that EncoderFamily.fit is held to",
  "MomentsOptions.embed":
    "the type of Encoder.encodeHistory and encodeNatively, which are held, bound to a backend",
  "RememberOptions.embed": "the same",
  "LabelSeriesOptions.embed": "the same, never asked there",
  BaseForecaster: "the type of harForecast",
  tossSigns:
    "a market that never was, about the drift of the whole history: a judge's null, of which nothing is forecast",
  sharpeRatio: "one number about all returns that it is handed, as returns of a year are looked back on",
  "RangeModel.forecast": "the type of what judgeRanges asks",
  "WalkForwardOptions.fit": "a caller's own function; it is handed what was known before its fold",
  "sageFamily.untrained": "EncoderFamily.untrained, of the first of its kinds",
};
