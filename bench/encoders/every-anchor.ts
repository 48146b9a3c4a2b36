import type { EncodeBackend } from "../../src/lib/adapters/backends/encode-backends.ts";
import { digits, median, peakRssMb, timed, type BenchRow, type BenchWork } from "../row.ts";
import { askPyg, benchEncoder, CANDLES, largestDifference, pygCase, tablesOfCandles } from "./fixture.ts";
import { measureEncode, type Measured } from "./engines.ts";

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

/** Every anchor of a history with GraphSAGE, on every backend that is here, beside PyTorch Geometric; one live candle. */
export const sage: BenchWork = {
  name: "sage",
  run: async () => {
    const tables = tablesOfCandles();
    const encoder = benchEncoder(tables);
    const { pyg, difference } = ofPyg(encoder, tables);
    const measured = await measureEncode(encoder, tables, 5);
    const per = `PyG per window, batches of ${pyg.batch}`;
    const rows = measured.map((one): BenchRow => {
      const { says, least, windows = 0 } = TARGETS[one.backend] ?? { says: "stated", least: 0 };
      return {
        ...row(`every anchor, sage: ${nameOf(one)}`, one.windows, pyg.collated, per),
        target: says,
        ok: one.windows >= least * pyg.collated && one.windows >= windows && one.apart <= TOLERANCE,
        notes: `largest difference to typed arrays ${one.apart.toExponential(1)}`,
      };
    });
    const native = measured.filter(({ isNative }) => isNative);
    const candidates = native.length > 0 ? native : measured;
    const best = candidates.reduce((a, b) => (b.windows > a.windows ? b : a));
    const name =
      native.length > 0 ? `best native backend, ${nameOf(best)}` : `no native backend; ${nameOf(best)}`;
    return [
      ...rows,
      {
        ...row(`every anchor, sage: ${name}`, best.windows, pyg.collated, per),
        target: "≥ 50 ×",
        ok: best.windows >= 50 * pyg.collated,
        notes: describe(pyg),
      },
      {
        ...row(
          `every anchor, sage: ${name}`,
          best.windows,
          pyg.trick,
          "PyG, full history and prefix sums by hand",
        ),
        target: "≥ 1.5 ×",
        ok: best.windows >= 1.5 * pyg.trick && difference <= TOLERANCE,
        notes: `same weights, largest difference of typed arrays to PyG ${difference.toExponential(1)}; peak RSS ${peakRssMb()} MB`,
      },
      await liveRow(encoder, tables, pyg),
    ];
  },
};

/** Graph attention of four heads beside PyTorch Geometric's. */
export const attention: BenchWork = {
  name: "attention",
  run: async () => {
    const tables = tablesOfCandles();
    const encoder = benchEncoder(tables, "gat");
    const { pyg, difference } = ofPyg(encoder, tables);
    return (await measureEncode(encoder, tables, 3)).map((one) => ({
      ...row(
        `every anchor, gat, 4 heads: ${nameOf(one)}`,
        one.windows,
        pyg.collated,
        `PyG's GATConv per window, batches of ${pyg.batch}`,
      ),
      target: "≥ 20 ×",
      ok: one.windows >= 20 * pyg.collated && Math.max(difference, one.apart) <= TOLERANCE,
      notes: `largest difference of typed arrays to PyG ${difference.toExponential(1)}, of this to typed arrays ${one.apart.toExponential(1)}; ${describe(pyg)}`,
    }));
  },
};

interface Target {
  readonly says: string;
  /** Times PyG per window. */
  readonly least: number;
  readonly windows?: number;
}

const TARGETS: Readonly<Partial<Record<EncodeBackend, Target>>> = {
  threads: { says: "≥ 15 ×", least: 15 },
  simd: { says: "≥ 60,000 windows/s", least: 0, windows: 60_000 },
};

/** PyTorch Geometric with the same weights on the same history, and how far typed arrays are from it. */
function ofPyg(
  encoder: ReturnType<typeof benchEncoder>,
  tables: ReturnType<typeof tablesOfCandles>,
): { readonly pyg: PygEncode; readonly difference: number } {
  const { config, files } = pygCase(encoder, tables);
  const { said, vectors } = askPyg("encode", config, files);
  const difference = largestDifference(encoder.encodeHistory(tables).vectors, vectors!);
  return { pyg: said as PygEncode, difference };
}

function nameOf({ backend, device }: Measured): string {
  const names: Partial<Record<EncodeBackend, string>> = {
    arrays: "typed arrays, one thread",
    threads: "typed arrays, two threads",
    simd: "WebAssembly, two threads",
  };
  return names[backend] ?? `${backend} on ${device}`;
}

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
