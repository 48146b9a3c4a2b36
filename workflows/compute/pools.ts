import type { Pools } from "../activity-host.ts";
import { ComputePool, type ComputePoolOptions } from "./compute-pool.ts";
import { SourcePools } from "./source-threads.ts";

/** The threads of one process. @param threads that read and compute, beside those that write, encode and follow */
export function openPools({ threads, ...of }: ComputePoolOptions): Pools {
  return {
    writer: new ComputePool({ ...of, threads: 1 }),
    cpu: new ComputePool({ ...of, threads }),
    gpu: new ComputePool({ ...of, threads: 1 }),
    live: new ComputePool({ ...of, threads: 1 }),
    index: new ComputePool({ ...of, threads: 1 }),
    short: new ComputePool({ ...of, threads: 1 }),
    sources: new SourcePools(of),
  };
}

export async function closePools(pools: Pools): Promise<void> {
  await Promise.all(Object.values(pools).map((pool: { close(): Promise<void> }) => pool.close()));
}
