// Opens the memory at the folder given and asks once; prints how long that took and the peak memory, as JSON.
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { peakRssMb } from "../row.ts";
import { D, driftingVectors, HORIZON } from "./fixtures.ts";

const vector = driftingVectors(1, 7);
const start = performance.now();
const folder = openMemoryFolder(process.argv[2]!, { mode: "read" });
const memory = folder.memory("default", { version: "v1", dim: D });
await memory.queryColumns({ vector, asOf: 1e13, horizon: HORIZON, k: 400, among: "all", timeframe: "5m" });
console.log(JSON.stringify({ ms: performance.now() - start, rssMb: peakRssMb() }));
folder.close();
