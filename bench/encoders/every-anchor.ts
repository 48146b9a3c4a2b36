import type { LayerKind } from "../../src/lib/encoder/gnn/gnn-model.ts";
import { digits, median, peakRssMb, timed, type BenchRow, type BenchWork } from "../row.ts";
import { askPyg, benchEncoder, CANDLES, largestDifference, pygCase, tablesOfCandles } from "./fixture.ts";
import { openEncodeEngines } from "./engines.ts";

/** What scripts/pyg/bench.py says of encoding; windows per second, milliseconds. */
interface PygEncode {
  readonly collated: number;
  readonly ready: number;
  readonly batch: number;
  readonly trick: number;
  readonly nodes: number;
  readonly edges: number;
  readonly singleMs: number;
  readonly singleCollatedMs: number;
}

const TOLERANCE = 1e-5;
const MICROSECONDS = 50;

/** Every anchor of a history with GraphSAGE, on every engine that is here, beside PyTorch Geometric; and one live candle. */
export const sage: BenchWork = {
  name: "sage",
  run: async () => {
    const tables = tablesOfCandles();
    const encoder = benchEncoder(tables);
    const { vectors, rows } = encoder.encodeHistory(tables);
    const { config, files } = pygCase(encoder, tables);
    const { said, vectors: theirs } = askPyg("encode", config, files);
    const pyg = said as PygEncode;
    const difference = largestDifference(vectors, theirs!);
    const found: BenchRow[] = [];
    for (const engine of await openEncodeEngines(encoder)) {
      const apart = largestDifference(await engine.encode(tables), vectors);
      const seconds = median(await timed(5, () => engine.encode(tables))) / 1000;
      const ours = rows.length / seconds;
      const notes = `largest difference to typed arrays ${apart.toExponential(1)}; peak RSS ${peakRssMb()} MB`;
      found.push({
        ...row(
          `every anchor, sage: ${engine.name}`,
          ours,
          pyg.collated,
          `PyG per window, batches of ${pyg.batch}`,
        ),
        target: engine.target.says,
        ok: engine.target.met(ours, ours / pyg.collated, ours / pyg.trick) && apart <= TOLERANCE,
        notes: `${notes}; ${describe(pyg)}`,
      });
      if (engine.target.trick !== null)
        found.push({
          ...row(
            `every anchor, sage: ${engine.name}, against the trick`,
            ours,
            pyg.trick,
            "PyG, full history by hand",
          ),
          target: `≥ ${engine.target.trick} ×`,
          ok: ours / pyg.trick >= engine.target.trick && difference <= TOLERANCE,
          notes: `same weights, largest difference to PyG ${difference.toExponential(1)}`,
        });
    }
    return [...found, await liveRow(encoder, tables, pyg)];
  },
};

/** Graph attention of four heads, typed arrays, beside PyTorch Geometric's. */
export const attention: BenchWork = {
  name: "attention",
  run: async () => {
    const found: BenchRow[] = [];
    for (const kind of ["gat"] as const satisfies readonly LayerKind[]) {
      const tables = tablesOfCandles();
      const encoder = benchEncoder(tables, kind);
      const { vectors, rows } = encoder.encodeHistory(tables);
      const { config, files } = pygCase(encoder, tables);
      const { said, vectors: theirs } = askPyg("encode", config, files);
      const pyg = said as PygEncode;
      const difference = largestDifference(vectors, theirs!);
      const engines = await openEncodeEngines(encoder);
      for (const engine of engines) {
        const ours = rows.length / (median(await timed(3, () => engine.encode(tables))) / 1000);
        found.push({
          ...row(
            `every anchor, ${kind}, 4 heads: ${engine.name}`,
            ours,
            pyg.collated,
            `PyG per window, batches of ${pyg.batch}`,
          ),
          target: "≥ 20 ×",
          ok: ours / pyg.collated >= 20 && difference <= TOLERANCE,
          notes: `largest difference to PyG ${difference.toExponential(1)}; ${describe(pyg)}`,
        });
      }
    }
    return found;
  },
};

type Row = Pick<BenchRow, "work" | "ours" | "theirs" | "unit" | "against" | "ratio">;

function row(work: string, ours: number, theirs: number, against: string): Row {
  return {
    work,
    ours: digits(ours),
    theirs: digits(theirs),
    unit: "windows/s",
    against,
    ratio: digits(ours / theirs),
  };
}

function describe({ ready, trick, nodes, edges }: PygEncode): string {
  const n = (value: number): string => Math.round(value).toLocaleString("en");
  return `PyG ${n(ready)} windows/s without collation, ${n(trick)} with the full history by hand; windows of ${nodes} nodes, ${edges} edges`;
}

/** Rows as they arrive, in the order of their knownAt: microseconds of the newest base candle and what closes with it. */
async function liveRow(
  encoder: ReturnType<typeof benchEncoder>,
  tables: ReturnType<typeof tablesOfCandles>,
  pyg: PygEncode,
): Promise<BenchRow> {
  const rows = encoder.design.timeframes
    .flatMap((timeframe) => {
      const { openTime, knownAt, values, names } = tables[timeframe]!;
      const F = names.length;
      return Array.from(openTime, (open, i) => ({
        ...{ timeframe, openTime: open, knownAt: knownAt[i]! },
        values: values.subarray(i * F, (i + 1) * F),
      }));
    })
    .sort((a, b) => a.knownAt - b.knownAt);
  const times = await timed(3, () => {
    const stream = encoder.stream();
    rows.forEach((one, i) => {
      stream.push(one);
      if (rows[i + 1]?.knownAt !== one.knownAt) stream.embed();
    });
  });
  const ours = (1000 * median(times)) / CANDLES;
  const theirs = 1000 * pyg.singleMs;
  return {
    work: "one new live candle, four timeframes: its embedding",
    ours: digits(ours),
    theirs: digits(theirs),
    unit: "µs",
    against: "PyG, a single window graph that is there already",
    ratio: digits(theirs / ours),
    target: `≤ ${MICROSECONDS} µs`,
    ok: ours <= MICROSECONDS,
    notes: `features given; the same bits as the whole history; PyG with its collation ${digits(1000 * pyg.singleCollatedMs)} µs`,
  };
}
