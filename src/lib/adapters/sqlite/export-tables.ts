import type { StoredSeries } from "../../candles/candle-store.ts";
import type { ExportTable } from "../files/export-columns.ts";
import { answerTable, type AnswerFilter } from "./export-answers.ts";
import { candleTable, type ExportSpan } from "./export-candles.ts";
import { contextTable, embeddingTable, type ExportHolding } from "./export-patterns.ts";
import type { Store } from "./store.ts";

/** What a memory holds as tables whose rows are read as they are asked for; every row is held against its digest. */
export interface ExportTables {
  candles(series: readonly StoredSeries[], span: ExportSpan & { readonly allFacts: boolean }): ExportTable;
  embeddings(holdings: readonly ExportHolding[], span: ExportSpan): ExportTable;
  contexts(holdings: readonly ExportHolding[], span: ExportSpan): ExportTable;
  answers(filter: AnswerFilter, span: ExportSpan): ExportTable;
  /** Lets `work` see one commit throughout, whatever another process writes meanwhile. */
  ofOneCommit<T>(work: () => Promise<T>): Promise<T>;
}

export function exportTables(store: Store): ExportTables {
  return {
    candles: (series, span) => candleTable(store, series, span),
    embeddings: (holdings, span) => embeddingTable(store, holdings, span),
    contexts: (holdings, span) => contextTable(store, holdings, span),
    answers: (filter, span) => answerTable(store, filter, span),
    async ofOneCommit(work) {
      store.exec("BEGIN");
      try {
        return await work();
      } finally {
        store.exec("COMMIT");
      }
    },
  };
}
