import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { MemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import { openMemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import { openWeaviate, type WeaviateServer } from "../../lib/adapters/weaviate/open-weaviate.ts";
import type { Memory } from "../../lib/memory/memory.ts";
import type { PatternIndex, PatternSource } from "../../lib/memory/pattern-index.ts";
import { DIM } from "../../lib/testing/some-patterns.ts";
import { startWeaviate, type WeaviateServer as Process } from "../services/start-weaviate.ts";

export const TENANT = "killed";

/** One tenant's patterns of one encoder version, on both sides. */
export interface Mirrored {
  readonly version: string;
  readonly memory: Memory;
  readonly source: PatternSource;
  readonly index: PatternIndex;
}

/** A memory folder, and a server of its own that is killed and comes back with the same data and ports. */
export class KilledServer {
  readonly folder: MemoryFolder;
  readonly #binary: string;
  readonly #path: string;
  #process: Process;
  #client: WeaviateServer;

  private constructor(binary: string, path: string, server: Process, client: WeaviateServer) {
    this.#binary = binary;
    this.#path = path;
    this.#process = server;
    this.#client = client;
    this.folder = openMemoryFolder(join(path, "memory"), { mode: "write" });
  }

  static async start(binary: string, path: string): Promise<KilledServer> {
    const server = await startWeaviate({ binary, dataPath: join(path, "data") });
    return new KilledServer(binary, path, server, await connect(server));
  }

  get client(): WeaviateServer {
    return this.#client;
  }

  mirrored(version: string): Mirrored {
    const of = { version, dim: DIM };
    const memory = this.folder.memory(TENANT, of);
    const source = this.folder.patternSource(TENANT, of);
    const index = this.#client.tenant(TENANT).patterns({ encoderVersion: version, dim: DIM });
    return { version, memory, source, index };
  }

  async kill(): Promise<void> {
    await this.#process.kill();
  }

  /**
   * Starts it again on what the kill left, and connects anew. Where `killedAfterMs` is given, a first start is killed
   * after so long, ready or not.
   */
  async restart(killedAfterMs: number | null): Promise<void> {
    if (killedAfterMs !== null) await this.#startAndKill(killedAfterMs);
    await this.#client.close();
    this.#process = await this.#start();
    this.#client = await connect(this.#process);
  }

  #start(spawned?: (pid: number) => void): Promise<Process> {
    const { keys, ports } = this.#process;
    const again = { binary: this.#binary, dataPath: join(this.#path, "data"), keys, ports };
    return startWeaviate(spawned ? { ...again, spawned } : again);
  }

  async #startAndKill(ms: number): Promise<void> {
    let pid = 0;
    const started = this.#start((its) => (pid = its)).then(
      (server) => server,
      () => null,
    );
    await pause(ms);
    if (pid !== 0) process.kill(pid, "SIGKILL");
    await (await started)?.kill();
  }

  async end(): Promise<void> {
    await this.#client.close();
    await this.#process.kill();
    this.folder.close();
  }
}

/** Little patience: whoever kills it knows that it will not answer. */
function connect({ address, key }: Process): Promise<WeaviateServer> {
  return openWeaviate(address, { key, patienceMs: 200, deadlineMs: 20_000 });
}
