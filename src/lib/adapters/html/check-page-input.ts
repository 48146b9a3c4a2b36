import type { CandleSeries } from "../../candles/candle-series.ts";
import type { Finding } from "../../candles/finding.ts";
import type { GapLedger } from "../../candles/gap-ledger.ts";
import type { QualityReport } from "../../candles/quality-report.ts";
import type { RawCandles } from "../../candles/raw-candles.ts";

/** One series with everything that was found in its files. */
export interface CheckedSeries {
  readonly files: readonly string[];
  readonly series: CandleSeries;
  readonly ledger: GapLedger;
  readonly findings: readonly Finding[];
  readonly report: QualityReport;
  /** The rows as the files gave them, before anything was dropped, sorted or repaired. */
  readonly raw: RawCandles;
  readonly rowsRead: number;
  readonly assumptions: readonly string[];
}

/** Everything that the page of a check shows. */
export interface CheckPageInput {
  readonly checked: readonly CheckedSeries[];
  /** Large pictures of each kind and series; the rest stand in a table with a small one each. */
  readonly show?: number;
}
