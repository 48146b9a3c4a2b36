import type { Ingest } from "../lib/adapters/sqlite/ingest-log.ts";
import type { FolderSummary, SeriesHolding } from "../lib/adapters/sqlite/summary.ts";
import { parseHorizon, type Horizon } from "../lib/time/horizon.ts";
import { iso } from "../lib/time/units.ts";
import { maturedShares, type MemoryView } from "./memory-view.ts";
import { formatBytes, type Cell, type Ui } from "./ui.ts";

const n = (value: number): string => value.toLocaleString("en-US");
/** To the minute: what a span needs. */
const minute = (t: number): string => iso(t).replace(/:00Z$/, "Z");

/** What a memory holds, for people. */
export function printMemory(ui: Ui, view: MemoryView, newest: number): void {
  const { path, bytes, summary, verified } = view;
  ui.out(`${path}: ${formatBytes(bytes)} on disk${summary ? `, format ${summary.format}` : ""}`);
  if (summary) {
    printHolding(ui, summary);
    ui.out(
      `${n(summary.records)} records of past answers, ${n(summary.answers)} answers in the prediction log`,
    );
  }
  for (const { symbol, timeframe, horizon, because } of view.stale)
    ui.note(
      `the record of ${symbol} ${timeframe} for ${horizon} was made with other moments of ${because.join(", ")}: run remember again`,
    );
  printIngests(ui, view.ingests, newest);
  const how =
    verified.how === "quick" ? "a quick look; --verify looks at every row" : `${n(verified.checked)} rows`;
  if (verified.problems.length === 0) return ui.out(`${ui.green("whole")} (${how})`);
  ui.out(ui.red(`${verified.problems.length} problems (${how})`));
  for (const { place, expected, received } of verified.problems)
    ui.out(`  ${place}\n    expected  ${expected}\n    got       ${received}`);
}

function printHolding(ui: Ui, { series, holdings, encoders }: FolderSummary): void {
  if (series.length === 0) return ui.out("no candles yet");
  ui.table([
    ["series", "timeframe", "source", "calendar", "candles", "first open", "last open"],
    ...series.map((one) => [
      ...[one.symbol, one.timeframe, one.source, one.calendar, n(one.rows)],
      ...[minute(one.first), minute(one.last)],
    ]),
  ]);
  if (holdings.length === 0) return ui.out("nothing is embedded yet: run remember");
  const horizons = [...new Set(holdings.flatMap((held) => Object.keys(held.contexts)))].sort(byLength);
  ui.out("");
  ui.table([
    ["tenant", "series", "encoder", "patterns", "first", "last", ...horizons.map((h) => `${h} known`)],
    ...holdings.map((held) => holdingRow(held, horizons)),
  ]);
  ui.out("");
  ui.table([
    ["encoder", "kind", "size", "reads", "features", "known at"],
    ...encoders.map((one) => [
      ...[one.version, one.kind, one.dim, one.timeframes.join(), one.featureSet],
      iso(one.knownAt),
    ]),
  ]);
}

const UNITS = ["m", "h", "d", "w", "mo"];

function byLength(a: Horizon, b: Horizon): number {
  const [x, y] = [parseHorizon(a), parseHorizon(b)];
  return UNITS.indexOf(x.unit) - UNITS.indexOf(y.unit) || x.count - y.count;
}

function holdingRow(held: SeriesHolding, horizons: readonly string[]): Cell[] {
  const shares = maturedShares(held);
  const about = [held.tenant, `${held.symbol} ${held.timeframe}`, held.encoder, n(held.patterns)];
  const known = horizons.map((h) => (shares[h] === undefined ? null : `${(100 * shares[h]).toFixed(1)} %`));
  return [...about, minute(held.firstAnchor), minute(held.lastAnchor), ...known];
}

function printIngests(ui: Ui, ingests: readonly Ingest[], newest: number): void {
  if (ingests.length === 0 || !(newest > 0)) return;
  ui.out("");
  ui.table([
    ["ingested", "by", "tenant", "series", "files", "candles", "findings", "repairs"],
    ...ingests
      .slice(0, newest)
      .map((one) => [
        ...[minute(one.at), one.command, one.tenant, `${one.symbol} ${one.timeframe}`],
        ...[filesOf(one), countsOf(one.candles), countsOf(one.findings), countsOf(one.repairs)],
      ]),
  ]);
  const more = ingests.length - newest;
  if (more > 0) ui.out(`and ${n(more)} earlier ones: --ingests ${ingests.length}`);
}

function filesOf({ files }: Ingest): string {
  const first = files[0];
  if (!first) return "–";
  const name = `${first.path.split("/").at(-1)} (${formatBytes(first.bytes)}, ${first.sha256.slice(0, 8)})`;
  return files.length > 1 ? `${name} and ${files.length - 1} more` : name;
}

function countsOf(counts: Readonly<Record<string, number>>): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.map(([name, count]) => `${n(count)} ${name}`).join(", ") || "–";
}
