import { answerBundle } from "./answer-output.ts";
import { candleBundle } from "./candle-output.ts";
import { figureBundle } from "./figure-output.ts";
import { graphBundle } from "./graph-output.ts";
import type { DisplayHost, MimeBundle } from "./host.ts";
import { lookAheadBundle } from "./look-ahead-output.ts";
import {
  isAnswer,
  isCandleSeries,
  isCandlesByTimeframe,
  isFigure,
  isFrame,
  isFrameSeries,
  isGraph,
  isLookAheadReport,
  isQualityReport,
  isReadCandles,
  isRows,
  isScoreboard,
  isTrainingHistory,
  isTrialLedger,
  isTrustReport,
} from "./recognise.ts";
import { qualityBundle, readBundle } from "./report-output.ts";
import { frameTable, rowsTable, seriesTable } from "./rows-table.ts";
import { scoreboardBundle, trialsBundle } from "./scoreboard-output.ts";
import { styled } from "./output-style.ts";
import { tableHtml, tableText, type TableColumns, type TableOptions } from "./table-output.ts";
import { trainingBundle } from "./training-output.ts";
import { trustBundle } from "./trust-output.ts";

/**
 * How a value of the library (or of polars, or a list of like objects) is shown in a notebook; null for anything
 * else. The kernel calls this for the last value of a cell, so the library's own modules need not know of notebooks.
 */
export function bundleOf(value: unknown, host: DisplayHost): MimeBundle | null {
  if (isFrame(value)) return tableBundle(frameTable(value));
  if (isCandleSeries(value)) return candleBundle(value, host);
  if (isReadCandles(value)) return readBundle(value, host);
  if (isQualityReport(value)) return qualityBundle(value);
  if (isGraph(value)) return graphBundle(value, host);
  if (isAnswer(value)) return answerBundle(value);
  if (isTrustReport(value)) return trustBundle(value, host);
  if (isScoreboard(value)) return scoreboardBundle(value);
  if (isTrialLedger(value)) return trialsBundle(value);
  if (isLookAheadReport(value)) return lookAheadBundle(value);
  if (isTrainingHistory(value)) return trainingBundle(value, host);
  if (isFigure(value)) return figureBundle(value, host);
  if (isFrameSeries(value)) return tableBundle(seriesTable(value));
  if (isCandlesByTimeframe(value)) return timeframesBundle(value);
  if (isRows(value)) return tableBundle(rowsTable(value));
  return null;
}

export function tableBundle(table: TableColumns, options: TableOptions = {}): MimeBundle {
  return { "text/html": styled(tableHtml(table, options)), "text/plain": tableText(table, options) };
}

function timeframesBundle(
  candles: Parameters<typeof Object.values>[0] & Readonly<Record<string, unknown>>,
): MimeBundle {
  const rows = Object.entries(
    candles as Readonly<
      Record<
        string,
        { readonly openTime: Float64Array; readonly closeTime: Float64Array; readonly symbol: string }
      >
    >,
  ).map(([timeframe, { symbol, openTime, closeTime }]) => ({
    series: `${symbol} ${timeframe}`,
    bars: openTime.length,
    from: openTime.length > 0 ? new Date(openTime[0]!) : null,
    to: closeTime.length > 0 ? new Date(closeTime.at(-1)!) : null,
  }));
  return tableBundle(rowsTable(rows));
}
