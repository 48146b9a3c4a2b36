import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { featureSetByName } from "../../features/feature-sets.ts";
import { CANDLES, CORRECTED_AT, furnishMemory, LATE_AT, LATER } from "../../testing/furnished-memory.ts";
import { needs } from "../../testing/require.ts";
import { HOUR, SERIES, T0 } from "../../testing/some-patterns.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import type { ExportTable } from "../files/export-columns.ts";
import { featureTableOf } from "../files/export-features.ts";
import { writeExport } from "../files/export-file.ts";
import type { MemoryFolder } from "./open-memory.ts";

const python = needs("python");
const SCRIPT = fileURLToPath(new URL("../../testing/read-exports.py", import.meta.url));
const ALL = { from: -Infinity, to: Infinity, asOf: Infinity };
/** Instants around everything that came late, between bars and right at them. */
const INSTANTS = [
  ...[T0 + 5 * 60_000, T0 + 3 * HOUR + 1, CANDLES.knownAt[40]!, LATE_AT - 1, LATE_AT, LATE_AT + 1],
  ...[CORRECTED_AT - 1, CORRECTED_AT, CORRECTED_AT + HOUR, CANDLES.knownAt[399]!, LATER],
];

interface Told {
  readonly rows: number;
  readonly columns: Readonly<Record<string, { dtype: string; nulls: number; sum: number }>>;
}
type Tables = Readonly<Record<string, Told>>;
interface Read {
  readonly pandas: Tables;
  readonly duckdb: Tables;
  readonly candles: readonly (readonly (number | null)[])[];
  readonly contexts: readonly (readonly (number | null)[])[];
  readonly duckdb_candles: readonly (readonly (number | null)[])[];
}

const at = temporaryFolder();
let folder: MemoryFolder;
const tables: Record<string, ExportTable> = {};
let read: Read;

beforeAll(async () => {
  if (python.skip) return;
  folder = await furnishMemory(join(at.path, "m"));
  const held = folder.holdings("default").map((one) => ({ ...one, encoderKnownAt: T0 + 10 * HOUR }));
  const [set, timeframes] = [featureSetByName("close12"), ["5m", "1h"]];
  const make: Record<string, () => ExportTable> = {
    candles: () => folder.tables.candles(folder.candles.list(), { ...ALL, allFacts: true }),
    features: () => featureTableOf(folder.candles, { ...ALL, series: [SERIES], set, timeframes }),
    embeddings: () => folder.tables.embeddings(held, ALL),
    contexts: () => folder.tables.contexts(held, ALL),
    answers: () => folder.tables.answers({ tenant: "default" }, ALL),
  };
  for (const [name, table] of Object.entries(make)) {
    await writeExport(join(at.path, `${name}.parquet`), table());
    const { shape, rows } = table();
    tables[name] = { shape, rows: [...rows] };
  }
  const args = [SCRIPT, at.path, ...INSTANTS.map(String)];
  read = JSON.parse(execFileSync(process.env["RHYME_PYTHON"]!, args, { encoding: "utf8" })) as Read;
}, 120_000);
afterAll(() => {
  folder?.close();
  at.remove();
});

const PANDAS = {
  ...{ instant: "datetime64[ms, UTC]", real: "float64", count: "int64", flag: "bool", text: "str" },
  ...{ sign: "float64", vector: "object", texts: "object" },
} as const;

/** What a reader has to find: rows, nulls, and the sum of every column. */
function expected({ shape, rows }: ExportTable): { rows: number; nulls: number[]; sums: number[] } {
  const all = [...rows];
  const columns = Object.keys(shape).map((_, c) =>
    all.map((row) => row[c] ?? null).filter((v) => v !== null),
  );
  const size = (cell: unknown): number =>
    cell instanceof Float32Array
      ? cell.reduce((a, b) => a + b, 0)
      : typeof cell === "string"
        ? cell.length
        : Array.isArray(cell)
          ? cell.length
          : Number(cell);
  return {
    rows: all.length,
    nulls: columns.map((cells) => all.length - cells.length),
    sums: columns.map((cells) => cells.reduce<number>((sum, cell) => sum + size(cell), 0)),
  };
}

describe("Python reads what was exported", () => {
  it.skipIf(python.skip).each(["pandas", "duckdb"] as const)(
    "with %s: rows, types, nulls and sums",
    (reader) => {
      for (const [name, table] of Object.entries(tables)) {
        const { rows, nulls, sums } = expected(table);
        const found = read[reader][name]!;
        expect(found.rows, name).toBe(rows);
        expect(Object.keys(found.columns)).toEqual(Object.keys(table.shape));
        Object.entries(table.shape).forEach(([column, kind], c) => {
          const told = found.columns[column]!;
          const where = `${reader} ${name}.${column}`;
          expect({ where, nulls: told.nulls }).toEqual({ where, nulls: nulls[c] });
          expect(Math.abs(told.sum - sums[c]!) <= 1e-12 * Math.abs(sums[c]!) + 1e-9, where).toBe(true);
          const nullable = nulls[c]! > 0 && (kind === "flag" || kind === "count");
          if (reader === "pandas" && !nullable && kind !== "sign")
            expect({ where, dtype: told.dtype }).toEqual({ where, dtype: PANDAS[kind] });
        });
      }
    },
  );

  it.skipIf(python.skip)("a merge_asof of candles on known_at is the newest bar as of each instant", () => {
    const then = INSTANTS.map((asOf) => {
      const { openTime, high } = folder.candles.read(SERIES, { asOf });
      return [openTime.at(-1) ?? null, high.at(-1) ?? null];
    });
    expect(read.candles).toEqual(then);
    expect(read.duckdb_candles).toEqual(then.map(([, high]) => [high]));
  });

  it.skipIf(python.skip)(
    "a merge_asof of contexts on known_at is the newest outcome that a question could see",
    async () => {
      const memory = folder.memory("default", { version: "v1", dim: 4 });
      const then = [];
      for (const asOf of INSTANTS) {
        const seen = await memory.matured({ series: SERIES, horizon: "4h", asOf, limit: 1_000 });
        then.push([seen.anchor.at(-1) ?? null, seen.values.return.at(-1) ?? null]);
      }
      expect(read.contexts).toEqual(then);
      expect(then.filter(([anchor]) => anchor !== null).length).toBeGreaterThan(5);
    },
  );
});
