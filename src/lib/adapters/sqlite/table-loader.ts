import type { SeriesKey } from "../../candles/candle-series.ts";
import type { MemoryIdentity } from "../../memory/checks.ts";
import type { Lineage } from "../../memory/memory.ts";
import { addLabel, hasLabel } from "../../memory/outcomes.ts";
import { PatternTable } from "../../memory/pattern-table.ts";
import type { Horizon } from "../../time/horizon.ts";
import {
  CONTEXT_COLUMNS,
  contextDigest,
  contextScratch,
  floats,
  forecastDigest,
  idOf,
  PATTERN_COLUMNS,
  patternDigest,
  wordsOf,
} from "./pattern-rows.ts";
import { LoadedTallies } from "./loaded-tallies.ts";
import { scanPatterns } from "./scan-patterns.ts";
import type { Cell, Store } from "./store.ts";
import { damagedStore } from "./store-error.ts";
import { instantText } from "./verify-memory.ts";

interface Range {
  readonly series: number;
  readonly first: number;
  readonly last: number;
}

/**
 * The patterns of one memory in RAM, kept in step with the file. Filled on first use in one scan, each horizon when
 * it is first asked for; afterwards only what `changes` names is read, whoever wrote it.
 */
export class TableLoader {
  readonly #store: Store;
  readonly #of: MemoryIdentity;
  #table: PatternTable | null = null;
  #memory = -1; // number of the memory in the file, −1 while it has no pattern
  #seen = 0; // newest change that the table holds
  #version = ""; // of the store, when the table was in step
  #keys = new Map<number, SeriesKey>();
  #lineages = new Map<number, Lineage>();
  readonly #loaded: LoadedTallies;

  constructor(store: Store, of: MemoryIdentity) {
    this.#store = store;
    this.#of = of;
    this.#loaded = new LoadedTallies(store);
  }

  /** The table as of the newest commit, with the outcomes of `horizon` unless that is null. */
  current(horizon: Horizon | null): PatternTable {
    const version = this.#store.version();
    const upToDate = this.#table !== null && version === this.#version;
    if (upToDate && (horizon === null || this.#table!.outcomes.has(horizon))) return this.#table!;
    try {
      this.#store.snapshot(() => {
        if (!upToDate) this.#catchUp();
        if (horizon !== null && !this.#table!.outcomes.has(horizon)) this.#loadHorizon(horizon, null);
        this.#loaded.check(this.#memory);
      });
    } catch (error) {
      this.drop(); // half a table answers nothing
      throw error;
    }
    this.#version = version;
    return this.#table!;
  }

  /** Forgets everything; the next question reads it anew. */
  drop(): void {
    this.#table = null;
    this.#memory = -1;
    this.#loaded.clear();
  }

  #catchUp(): void {
    const { tenant, encoderVersion, dim } = this.#of;
    const sql = "SELECT memory FROM memories WHERE tenant = ? AND encoder = ?";
    const memory = (this.#store.row(sql, tenant, encoderVersion)?.[0] ?? -1) as number;
    const changes =
      this.#table === null || memory !== this.#memory
        ? []
        : this.#store.rows(
            "SELECT kind, horizon, series, first, last FROM changes WHERE memory = ? AND change > ? ORDER BY change",
            memory,
            this.#seen,
          );
    if (this.#table === null || memory !== this.#memory || changes.some(([kind]) => kind === "delete")) {
      this.#table = new PatternTable(dim);
      this.#memory = memory;
      this.#loaded.clear();
      this.#loadPatterns(null);
    } else for (const change of changes) this.#apply(change);
    const newest = "SELECT max(change) FROM changes WHERE memory = ?";
    this.#seen = (this.#store.row(newest, memory)![0] ?? 0) as number;
  }

  #apply([kind, horizon, series, first, last]: readonly Cell[]): void {
    const range = { series: series as number, first: first as number, last: last as number };
    if (kind === "put") {
      this.#loadPatterns(range);
      for (const known of this.#table!.outcomes.keys()) this.#loadForecasts(known, range);
    } else if (this.#table!.outcomes.has(horizon as string)) this.#loadContexts(horizon as string, range);
  }

  #loadPatterns(range: Range | null): void {
    const table = this.#table!;
    this.#refreshNames();
    const seen = this.#loaded.reader("patterns", "");
    const take = (cells: Cell[]): void => {
      const [series, anchor, revision, id, vector, atrNow, lineage, digest] = cells;
      const key = this.#keys.get(series as number);
      const from = this.#lineages.get(lineage as number);
      const values = floats(vector!);
      const whole = key && from && values.length === table.dim && idOf(id!).length === 16;
      const actual = patternDigest(
        anchor as number,
        revision as number,
        atrNow as number | null,
        lineage as number,
        idOf(id!),
        wordsOf(values),
      );
      if (!whole || actual !== digest)
        throw damagedStore(this.#store.place, `the pattern at ${instantText(anchor as number)}`);
      const before = range && table.find(table.seriesNumber(key), anchor as number, revision as number) >= 0;
      seen(cells as number[], digest, !before);
      if (before) return;
      table.add({
        series: key,
        anchor: anchor as number,
        revision: revision as number,
        id: id as Uint8Array,
        vector: values,
        atrNow: (atrNow as number | null) ?? NaN,
        lineage: from,
      });
    };
    if (range === null) return scanPatterns(this.#store, this.#memory, table.dim, take);
    const [where, values] = clause(this.#memory, null, range);
    this.#store.scan(`SELECT ${PATTERN_COLUMNS}, digest FROM patterns ${where}`, values, take);
  }

  #loadHorizon(horizon: Horizon, range: Range | null): void {
    this.#table!.outcomesOf(horizon);
    this.#loadForecasts(horizon, range);
    this.#loadContexts(horizon, range);
  }

  #loadForecasts(horizon: Horizon, range: Range | null): void {
    const { base } = this.#table!.outcomesOf(horizon);
    const [where, values] = clause(this.#memory, horizon, range);
    const rowOf = this.#rowFinder();
    const seen = this.#loaded.reader("forecasts", horizon);
    this.#store.scan(
      `SELECT series, anchor, revision, base, digest FROM forecasts ${where}`,
      values,
      (cells) => {
        const [, anchor, revision, value, digest] = cells as number[];
        if (forecastDigest(anchor!, revision!, value!) !== digest)
          throw damagedStore(
            this.#store.place,
            `the base forecast for ${horizon} at ${instantText(anchor!)}`,
          );
        const row = rowOf(cells);
        const before = row >= 0 && !Number.isNaN(base[row]!);
        seen(cells as number[], digest, !before);
        if (row >= 0) base[row] = value!;
      },
    );
  }

  /** The first outcomes, then what became of few of them: a revision finds its first outcome in the table. */
  #loadContexts(horizon: Horizon, range: Range | null): void {
    for (const kind of ["contexts", "context_revisions"] as const) this.#loadLabels(kind, horizon, range);
  }

  #loadLabels(kind: "contexts" | "context_revisions", horizon: Horizon, range: Range | null): void {
    const table = this.#table!;
    const [where, values] = clause(this.#memory, horizon, range);
    const { columns, load } = contextScratch(horizon);
    const rowOf = this.#rowFinder();
    const seen = this.#loaded.reader(kind, horizon);
    const outcomes = table.outcomesOf(horizon);
    this.#store.scan(`SELECT ${CONTEXT_COLUMNS}, digest FROM ${kind} ${where}`, values, (cells) => {
      if (contextDigest(cells) !== cells.at(-1))
        throw damagedStore(
          this.#store.place,
          `what followed ${instantText(cells[1] as number)} within ${horizon}`,
        );
      const row = rowOf(cells);
      const before = row >= 0 && hasLabel(outcomes, row, cells[3] as number);
      seen(cells as number[], cells.at(-1) as number, !before);
      if (row < 0 || before) return;
      load(cells);
      addLabel(outcomes, row, columns, 0);
    });
  }

  /** Row of (series, anchor, revision) for cells that come in that order; −1 where there is no such pattern. */
  #rowFinder(): (cells: readonly Cell[]) => number {
    const table = this.#table!;
    let series: Cell = -1;
    let number = -1;
    return (cells) => {
      if (cells[0] !== series) {
        series = cells[0]!;
        const key = this.#keys.get(series as number);
        number = key ? table.seriesNumber(key) : -1;
      }
      return table.find(number, cells[1] as number, cells[2] as number);
    };
  }

  #refreshNames(): void {
    for (const [n, source, symbol, timeframe] of this.#store.rows(
      "SELECT series, source, symbol, timeframe FROM series",
    ))
      this.#keys.set(n as number, {
        source: source as string,
        symbol: symbol as string,
        timeframe: timeframe as string,
      });
    for (const [n, dataHash, designHash, encoderVersion] of this.#store.rows("SELECT * FROM lineages"))
      this.#lineages.set(n as number, {
        dataHash: dataHash as string,
        designHash: designHash as string,
        encoderVersion: encoderVersion as string,
      });
  }
}

function clause(memory: number, horizon: Horizon | null, range: Range | null): [string, (number | string)[]] {
  const parts = ["WHERE memory = ?"];
  const values: (number | string)[] = [memory];
  if (horizon !== null) {
    parts.push("AND horizon = ?");
    values.push(horizon);
  }
  if (range) {
    parts.push("AND series = ? AND anchor BETWEEN ? AND ?");
    values.push(range.series, range.first, range.last);
  }
  return [parts.join(" "), values];
}
