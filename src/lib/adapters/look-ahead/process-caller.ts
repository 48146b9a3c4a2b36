import { fork, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { CandlesByTimeframe } from "../../candles/candle-series.ts";
import type { Caller, CallOptions, Ending, Outcome } from "../../evaluation/look-ahead/user/caller.ts";
import { sent, type Setup, type Tell } from "./messages.ts";
import type { ExportedFunction } from "./user-function.ts";

const CHILD = fileURLToPath(
  new URL(`./child.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url),
);
/** Of what a child complains about the end is kept: why it ended stands there. */
const KEPT = 8_192;

export interface ProcessOptions {
  /** Address of the module. */
  readonly file: string;
  /** Addresses of modules with calendars that it needs. */
  readonly calendars: readonly string[];
  /** For a call, and for running the module. */
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Told what a function printed at the first call of all. */
  readonly onPrint?: (name: string, text: string) => void;
  readonly signal?: AbortSignal;
}

type Ended = Extract<Outcome, { kind: "ended" }>;
type Loaded = Extract<Tell, { kind: "loaded" }>;

/** A module in a process of its own, with a watchdog: whatever it does, a call ends and so does the process. */
export class ModuleProcess {
  readonly #child: ChildProcess;
  readonly #options: ProcessOptions;
  readonly #token = randomUUID();
  #complaints = "";
  #stray: string | null = null;
  #ended: Ended | null = null;
  #hear: ((tell: Tell | Ended) => void) | null = null;
  #loaded: Promise<Loaded | Ended>;
  #calls = 0;

  constructor(options: ProcessOptions, clock: number) {
    this.#options = options;
    const { file, calendars, memoryMb } = options;
    const setup: Setup = { token: this.#token, file, calendars, clock, parent: process.pid, memoryMb };
    const flags = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning"];
    this.#child = fork(CHILD, [JSON.stringify(setup)], {
      serialization: "advanced",
      execArgv: [...flags, `--max-old-space-size=${memoryMb}`],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, POLARS_MAX_THREADS: "1" }, // small frames: threads would only wait for each other
    });
    this.#listen();
    this.#loaded = this.#next().then((tell): Loaded | Ended => {
      if ("how" in tell)
        return { ...tell, how: "does not load", message: `its module ${tell.how}: ${tell.message}` };
      if (tell.kind === "loaded") return tell;
      return {
        kind: "ended",
        how: "does not load",
        message: "message" in tell ? tell.message : "it says nothing",
      };
    });
    options.signal?.addEventListener("abort", () => this.close(), { once: true });
  }

  /** What it exports. */
  loaded(): Promise<Loaded | Ended> {
    return this.#loaded;
  }

  /** @param onPrint told what the first call printed */
  async call(
    fn: ExportedFunction,
    candles: CandlesByTimeframe,
    clock: number,
    onPrint?: ProcessOptions["onPrint"],
  ): Promise<Outcome> {
    const loaded = await this.#loaded;
    if ("how" in loaded) return loaded;
    if (this.#ended) return this.#ended;
    const stray = this.#stray;
    this.#stray = null;
    if (stray !== null) return { kind: "threw", message: `outside of its call: ${stray}` };
    const id = this.#calls++;
    const answer = this.#next();
    this.#child.send({ id, fn, clock, series: sent(candles) }, () => {}); // what fails there is heard as its end
    const tell = await answer;
    if ("how" in tell) return tell;
    if (tell.kind === "answer" && tell.id === id) {
      if (tell.printed) onPrint?.(fn.name, tell.printed);
      return tell.outcome;
    }
    return { kind: "threw", message: `outside of its call: ${"message" in tell ? tell.message : tell.kind}` };
  }

  get alive(): boolean {
    return this.#ended === null;
  }

  close(): void {
    this.#child.removeAllListeners("message");
    this.#child.kill("SIGKILL");
  }

  #listen(): void {
    this.#child.stderr!.on(
      "data",
      (data) => (this.#complaints = (this.#complaints + String(data)).slice(-KEPT)),
    );
    this.#child.on("error", () => {}); // its end is heard as well
    this.#child.on("message", (message) => {
      const tell = message as Partial<Tell> | null;
      if (tell?.token !== this.#token) return; // the function's own
      if (tell.kind === "stray" && !this.#hear) this.#stray = tell.message!;
      else this.#hear?.(tell as Tell);
    });
    // Not "exit": what it complained about is read by then.
    this.#child.on("close", (code, signal) => {
      this.#ended ??= this.#why(code, signal);
      this.#hear?.(this.#ended);
    });
  }

  #why(code: number | null, signal: NodeJS.Signals | null): Ended {
    if (/out of memory/.test(this.#complaints))
      return { kind: "ended", how: "runs out of memory", message: `more than ${this.#options.memoryMb} MB` };
    const said = this.#complaints.trim().split("\n").at(-1)!.slice(0, 200);
    const how = signal ? `killed by ${signal}` : `exit code ${code}`;
    return { kind: "ended", how: "ends the process", message: said ? `${how}: ${said}` : how };
  }

  /** What it says next, or how it ended; after the time limit it is killed. */
  #next(): Promise<Tell | Ended> {
    if (this.#ended) return Promise.resolve(this.#ended);
    const { timeoutMs } = this.#options;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#ended ??= timedOut(timeoutMs);
        this.close();
      }, timeoutMs);
      this.#hear = (tell) => {
        clearTimeout(timer);
        this.#hear = null;
        resolve(tell);
      };
    });
  }
}

function timedOut(timeoutMs: number): Ended & { readonly how: Ending } {
  return { kind: "ended", how: "never ends", message: `not done after ${timeoutMs / 1000} s` };
}

/** Runs one function of a module in processes of its own; a new one where the last has ended, or a fresh one is meant. */
export class ProcessCaller implements Caller {
  readonly fresh = true;
  readonly #options: ProcessOptions;
  readonly #fn: ExportedFunction;
  #process: ModuleProcess | null = null;
  #calls = 0;

  constructor(options: ProcessOptions, fn: ExportedFunction) {
    this.#options = options;
    this.#fn = fn;
  }

  async call(candles: CandlesByTimeframe, { clock, freshAt }: CallOptions): Promise<Outcome> {
    if (freshAt !== undefined || !this.#process?.alive) {
      this.close();
      this.#process = new ModuleProcess(this.#options, freshAt ?? clock);
    }
    const onPrint = this.#calls++ === 0 ? this.#options.onPrint : undefined;
    const outcome = await this.#process.call(this.#fn, candles, clock, onPrint);
    this.#options.signal?.throwIfAborted();
    return outcome;
  }

  close(): void {
    this.#process?.close();
    this.#process = null;
  }
}
