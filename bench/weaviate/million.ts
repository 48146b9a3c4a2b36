import { PATTERN_INDEX } from "../../weaviate/schema.ts";
import { digits, type BenchWork } from "../row.ts";
import { startBenchServer } from "./bench-server.ts";
import { benchMoments } from "./moments.ts";
import { alone, insertion } from "./whole-memory.ts";

/** RHYME_BENCH_MILLION makes a shorter run, for those who work on this file. */
const PATTERNS = Number(process.env["RHYME_BENCH_MILLION"] ?? 1_000_000);
/** Bytes of an edge, as the vendor's sizing formula counts them. */
const EDGE = 10;

/** A million: what the server takes of memory, against the formula by which one would plan it. */
export const million: BenchWork = {
  name: "million",
  heavy: true,
  run: async () => {
    const moments = await benchMoments(PATTERNS);
    const server = await startBenchServer();
    try {
      const index = await server.index(moments.encoder);
      const empty = server.rssMb();
      const rows = await insertion(server, index, moments);
      const bytes = 4 * moments.encoder.dim + EDGE * PATTERN_INDEX.maxConnections;
      const formula = (moments.count * bytes) / 2 ** 20;
      const taken = server.rssMb() - empty;
      return [
        ...rows,
        {
          ...alone(`resident memory of ${moments.count.toLocaleString("en")}`),
          ...{ ours: digits(taken), theirs: digits(formula), unit: "MB", ratio: digits(formula / taken) },
          against: "n × (4 · d + 10 · maxConnections) bytes",
          ...{ target: "≤ 2 × the formula", ok: taken <= 2 * formula },
          notes: `${server.diskMb()} MB on disk; the formula is at rest, without room for collecting garbage`,
        },
      ];
    } finally {
      await server.end();
    }
  },
};
