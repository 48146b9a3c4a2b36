import type { Command } from "commander";
import type { ForgetWish, Forgotten } from "../../lib/adapters/sqlite/forget.ts";
import { openMemoryFolder, type MemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import type { SeriesKey } from "../../lib/candles/candle-series.ts";
import { RhymeError } from "../../lib/errors.ts";
import { seriesName } from "../../lib/memory/names.ts";
import { addIndexOption, indexAddress, type IndexOption } from "../index-options.ts";
import { EXIT } from "../errors.ts";
import { forgetEverywhere } from "../forget-index.ts";
import { mirroredLines, type Mirrored } from "../mirror.ts";
import { withMemory } from "../ask-memory.ts";
import { confirm } from "../confirm.ts";
import { interruptSignal } from "../interrupt.ts";
import { staleRecords, type StaleRecord } from "../../lib/adapters/folder/stale-records.ts";
import { createUi, formatBytes, type Ui } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme forget --memory ./memory --symbol SOLUSDT                    asks first
  ./rhyme forget --memory ./memory --symbol SOLUSDT --yes
  ./rhyme forget --memory ./memory --tenant research --yes             all that one tenant remembers
  ./rhyme forget --memory ./memory --tenant research --symbol SOLUSDT --yes
`;

const NOTES = `
Deletes patterns, what followed them, records, answers and entries of the ingest log, and the candles where no other
tenant has patterns of them; then gives the room back to the disk, which needs as much free space for a moment.
Encoders stay, also those that were fitted on these candles. Answers about other symbols stay as they were said,
with the neighbours they named.

With --index the same goes there first, with live states and anomalies; of a whole tenant everything that the server
has. Where the index cannot be used nothing is forgotten. Without --index the next remember --index removes it.`;

interface ForgetOptions extends IndexOption {
  readonly memory: string;
  readonly symbol?: string;
  readonly source?: string;
  readonly timeframe?: string;
  readonly tenant?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme forget`: a symbol or a tenant out of a memory. */
export function addForget(program: Command): void {
  const command = program
    .command("forget")
    .summary("delete a symbol or a tenant from a memory")
    .description("Deletes what a memory holds of a symbol, of a tenant, or of both together.")
    .requiredOption("--memory <folder>", "the memory")
    .option("--symbol <name>", "all series of this symbol")
    .option("--source <name>", "only that of this source")
    .option("--timeframe <name>", "only that of this base timeframe")
    .option("--tenant <name>", "only what this tenant remembers");
  addIndexOption(command, "in this index, too: weaviate://HOST:PORT")
    .option("--yes", "do not ask; needed where there is no terminal")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: ForgetOptions): Promise<void> {
  const ui = createUi(options);
  const { memory, tenant, symbol, yes = false } = options;
  if (tenant === undefined && symbol === undefined)
    throw usage("forget", "--symbol or --tenant", "neither", "Say what to forget.");
  await withMemory(memory, async (folder) => {
    const { wish, series } = wishOf(folder, options);
    for (const line of preview(folder, wish, series, options)) ui.note(line);
  });
  await confirm((symbol ?? tenant)!, yes, interruptSignal());
  const { index, ...done } = await forgetIn(memory, options, ui);
  if (index && index.behind !== null) process.exitCode = EXIT.checksFailed;
  if (options.json)
    return ui.json({ schema: "rhyme.forget/1", memory, ...done, ...(index ? { index } : {}) });
  ui.out(`forgotten: ${counted(done.forgotten)}`);
  ui.out(`${memory}: ${formatBytes(done.bytesBefore)} before, ${formatBytes(done.bytesAfter)} now`);
  for (const { symbol: of, timeframe, horizon, because } of done.stale)
    ui.note(
      `the record of ${of} ${timeframe} for ${horizon} was made with moments of ${because.join(", ")}: ` +
        "run remember for it again to renew it",
    );
  if (index) for (const line of mirroredLines(index)) ui.out(line);
}

interface Done {
  readonly tenant: string | null;
  readonly series: readonly SeriesKey[];
  readonly forgotten: Forgotten;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly stale: readonly StaleRecord[];
  /** null where no index was named. */
  readonly index: Mirrored | null;
}

async function forgetIn(memory: string, options: ForgetOptions, ui: Ui): Promise<Done> {
  const folder = openMemoryFolder(memory, { mode: "write" });
  try {
    const { wish, series } = wishOf(folder, options); // again: the memory may have changed while it was asked
    const bytesBefore = folder.bytes();
    const { done: forgotten, index } = await forgotEverywhere(folder, options, series, wish, ui);
    try {
      folder.compact();
    } catch (error) {
      if (!(error instanceof RhymeError)) throw error;
      ui.note(`forgotten, but the room was not given back to the disk: ${error.fields.received}`);
    }
    const stale = staleRecords(folder);
    return {
      tenant: options.tenant ?? null,
      series,
      forgotten,
      bytesBefore,
      bytesAfter: folder.bytes(),
      stale,
      index,
    };
  } finally {
    folder.close();
  }
}

async function forgotEverywhere(
  folder: MemoryFolder,
  options: ForgetOptions,
  series: readonly SeriesKey[],
  wish: ForgetWish,
  ui: Ui,
): Promise<{ readonly done: Forgotten; readonly index: Mirrored | null }> {
  const address = indexAddress(options);
  const forget = (): Forgotten => folder.forget(wish);
  if (address === null) return { done: forget(), index: null };
  const { tenant = null, symbol } = options;
  const what = { address, tenant, series: symbol === undefined ? null : series };
  return forgetEverywhere(folder, what, forget, { ui, signal: interruptSignal() });
}

/** What the options mean in this memory. @throws RhymeError "usage" where it holds nothing of it */
function wishOf(
  folder: MemoryFolder,
  { tenant, symbol, source, timeframe }: ForgetOptions,
): { wish: ForgetWish; series: readonly SeriesKey[] } {
  const mine = folder.holdings(tenant);
  const answers = tenant === undefined ? 0 : folder.answers.list(tenant, { limit: 1 }).length;
  if (tenant !== undefined && mine.length + answers === 0) {
    const tenants = [...new Set(folder.holdings().map((held) => held.tenant))];
    const remedy = tenants.length > 0 ? `It knows ${tenants.join(", ")}.` : "It has no tenant yet.";
    throw usage(`--tenant ${tenant}`, "a tenant of this memory", tenant, remedy);
  }
  const known = distinct(tenant === undefined ? [...folder.candles.list(), ...mine] : mine);
  if (symbol === undefined) return { wish: { tenant: tenant! }, series: known };
  const series = known.filter(
    (key) =>
      key.symbol === symbol &&
      (source === undefined || key.source === source) &&
      (timeframe === undefined || key.timeframe === timeframe),
  );
  const remedy = known.length > 0 ? `It holds ${known.map(seriesName).join(", ")}.` : "It holds no series.";
  if (series.length === 0) throw usage(`--symbol ${symbol}`, "a series of this memory", "none", remedy);
  return { wish: { series, ...(tenant === undefined ? {} : { tenant }) }, series };
}

function distinct(keys: readonly SeriesKey[]): readonly SeriesKey[] {
  const found = new Map(
    keys.map(({ source, symbol, timeframe }) => [
      `${source}\n${symbol}\n${timeframe}`,
      { source, symbol, timeframe },
    ]),
  );
  return [...found.values()];
}

function preview(
  folder: MemoryFolder,
  wish: ForgetWish,
  series: readonly SeriesKey[],
  options: ForgetOptions,
): string[] {
  const { memory, tenant } = options;
  const count = folder.forgettable(wish);
  const others = [
    ...new Set(
      folder
        .holdings()
        .filter((h) => isOneOf(h, series))
        .map((h) => h.tenant),
    ),
  ];
  const theirs = others.filter((name) => name !== tenant);
  const names = series.map(seriesName).join(", ");
  const lines = [
    `this deletes from ${memory}${tenant === undefined ? "" : `, tenant ${tenant}`}: ${names}`,
    `  ${counted(count)}`,
  ];
  const address = indexAddress(options);
  if (address !== null)
    lines.push(
      wish.series === undefined
        ? `  and from ${address} everything that tenant ${tenant} has there`
        : `  and from ${address} patterns, live states and anomalies of these`,
    );
  if (tenant === undefined && theirs.length > 1)
    lines.push(`  made by tenants ${theirs.join(", ")}: --tenant takes one alone`);
  if (tenant !== undefined && theirs.length > 0)
    lines.push(`  candles that tenants ${theirs.join(", ")} use stay`);
  return lines;
}

function isOneOf(held: SeriesKey, series: readonly SeriesKey[]): boolean {
  return series.some((key) => seriesName(key) === seriesName(held));
}

function counted({ patterns, contexts, candles, records, answers }: Forgotten): string {
  const n = (value: number, what: string): string =>
    `${value.toLocaleString("en-US")} ${what}${value === 1 ? "" : "s"}`;
  const parts = [n(patterns, "pattern"), n(contexts, "context"), n(records, "record"), n(answers, "answer")];
  return [...parts, n(candles, "candle")].join(", ");
}

function usage(place: string, expected: string, received: string, remedy: string): RhymeError {
  return new RhymeError("usage", { place, expected, received, remedy });
}
