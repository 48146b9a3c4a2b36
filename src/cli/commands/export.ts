import { Option, type Command } from "commander";
import { checkExportPath, writeExport } from "../../lib/adapters/files/export-file.ts";
import type { Wanted } from "../../lib/memory/resolve.ts";
import { withMemory } from "../ask-memory.ts";
import { EXPORTS, tableOf, type ExportWhat } from "../export-table.ts";
import { interruptSignal } from "../interrupt.ts";
import { exportSpanOf } from "../span-options.ts";
import { createUi, formatBytes } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme export --memory ./memory --what candles --out candles.parquet
  ./rhyme export --memory ./memory --what contexts --symbol BTCUSDT --from 2024-01-01 --out followed.parquet
  ./rhyme export --memory ./memory --what embeddings --as-of 2024-06-30 --out then.parquet
  python3 -c 'import pandas; print(pandas.read_parquet("candles.parquet").tail())'
`;

const NOTES = `
Every row has known_at, the instant from which it may be used: join with it (merge_asof, ASOF JOIN), never with the
open time, and no row sees its own future. Of candles the newest fact of each bar is written, with --all-facts every
correction beside what it corrected. An embedding is known when its encoder was, if that is later than its anchor
(hindsight); a context when it matured, and a pending one has null labels; features when their bar closed; an answer
when it was said, with what followed in outcome_… columns. A date counts whole, in UTC; --json lists the columns.`;

interface ExportCommandOptions extends Wanted {
  readonly memory: string;
  readonly what: ExportWhat;
  readonly out: string;
  readonly tenant: string;
  readonly from?: string;
  readonly to?: string;
  readonly asOf?: string;
  readonly allFacts?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme export`: what a memory holds as a flat table. */
export function addExport(program: Command): void {
  program
    .command("export")
    .summary("candles, features, embeddings, contexts or answers as Parquet")
    .description("Writes what a memory holds as one flat table, read by pandas, polars, DuckDB and others.")
    .requiredOption("--memory <folder>", "the memory")
    .addOption(new Option("--what <table>", "which table").choices(EXPORTS).makeOptionMandatory())
    .requiredOption("--out <file>", "a .parquet file, or .csv for tables without lists")
    .option("--symbol <name>", "only this symbol (default: all in one file)")
    .option("--source <name>", "only what this source published")
    .option("--timeframe <name>", "only series of this base timeframe")
    .option("--encoder <version>", "through which encoder, where there are several")
    .option("--tenant <name>", "whose embeddings, contexts and answers", "default")
    .option("--from <time>", "from this open time or anchor on")
    .option("--to <time>", "up to this open time or anchor")
    .option("--as-of <time>", "as it was known then")
    .option("--all-facts", "candles: every correction, not only what holds now")
    .option("--force", "replace a file that is there")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: ExportCommandOptions): Promise<void> {
  const ui = createUi(options);
  const { memory, what, out, force = false, allFacts = false } = options;
  const span = exportSpanOf(options);
  await withMemory(memory, (folder) =>
    folder.tables.ofOneCommit(async () => {
      const table = tableOf(folder, { ...options, span, allFacts });
      checkExportPath(out, table, force);
      const progress = ui.progress(`exporting ${what}`, 0);
      const written = await writeExport(out, table, {
        name: `--what ${what}`,
        force,
        signal: interruptSignal(),
        onRows: (rows) => progress.update(0, `${rows.toLocaleString("en-US")} rows`),
      });
      progress.done();
      const columns = Object.keys(table.shape);
      if (options.json) return ui.json({ schema: "rhyme.export/1", memory, what, out, ...written, columns });
      const size = `${written.rows.toLocaleString("en-US")} rows, ${columns.length} columns`;
      ui.out(`${out}: ${what}, ${size}, ${formatBytes(written.bytes)}`);
    }),
  );
}
