import childProcess from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import sqlite from "node:sqlite";
import type { Habits } from "../../evaluation/look-ahead/user/caller.ts";
import type { EpochMs } from "../../time/units.ts";

/** Ways out of a function, by the names under which they are reported. */
type Ways = readonly (readonly [module: string, on: object, names: readonly string[]])[];
const READING = ["readFile", "open", "readdir", "opendir", "writeFile", "appendFile"];
const WAYS: Ways = [
  ["fs", fs, [...READING.flatMap((name) => [name, `${name}Sync`]), "createReadStream", "createWriteStream"]],
  ["fs/promises", fs.promises, READING],
  ["http", http, ["request", "get"]],
  ["https", https, ["request", "get"]],
  ["net", net, ["connect", "createConnection"]],
  ["sqlite", sqlite, ["DatabaseSync"]],
  [
    "child_process",
    childProcess,
    ["spawn", "exec", "execFile", "fork", "spawnSync", "execSync", "execFileSync"],
  ],
  ["the network", globalThis, ["fetch", "WebSocket"]],
];

type Mutable = Record<string, unknown>;
type Callable = (...args: unknown[]) => unknown;

/**
 * Stands between a function and what it may not depend on: the clock shows what it is told to, and asking for it, for
 * chance, files, network and processes is noted. `Intl` and native code still find the real clock.
 */
export class Outside {
  #clock: EpochMs = 0;
  #counted = { clock: 0, chance: 0 };
  #outside = new Set<string>();
  #loading = false;
  readonly #restore: (() => void)[] = [];

  /** From here on, until `end`. @param loading while a module is run: reads of installed packages are none of its own */
  begin(clock: EpochMs, loading = false): void {
    this.#clock = clock;
    this.#counted = { clock: 0, chance: 0 };
    this.#outside = new Set();
    this.#loading = loading;
    this.#replaceClocks();
    this.#replace(Math, "random", this.#counting(Math.random, "chance"));
    for (const [module, on, names] of WAYS)
      for (const name of names)
        if (name in on) this.#replace(on, name, this.#noting(module, name, (on as Mutable)[name]));
    syncBuiltinESMExports();
  }

  /** Everything as it was; what was seen meanwhile. */
  end(): Habits {
    for (const restore of this.#restore.splice(0).reverse()) restore();
    syncBuiltinESMExports();
    return { ...this.#counted, outside: [...this.#outside] };
  }

  #replace(on: object, name: string, value: unknown): void {
    const before = Object.getOwnPropertyDescriptor(on, name);
    Object.defineProperty(on, name, { value, configurable: true, writable: true });
    this.#restore.push(() => {
      if (before) Object.defineProperty(on, name, before);
      else delete (on as Mutable)[name];
    });
  }

  /** It ticks with every look, so that waiting for it ends. */
  #now(): EpochMs {
    return this.#clock + this.#counted.clock++;
  }

  #replaceClocks(): void {
    const Native = Date;
    const now = (): EpochMs => this.#now();
    const handler: ProxyHandler<DateConstructor> = {
      apply: () => new Native(now()).toString(),
      construct: (target, args, as) =>
        Reflect.construct(target, args.length === 0 ? [now()] : args, as) as object,
    };
    this.#replace(Native, "now", now);
    this.#replace(globalThis, "Date", new Proxy(Native, handler));
    this.#replace(performance, "now", now);
    const hrtime = (): [number, number] => [Math.floor(now() / 1000), 0];
    this.#replace(process, "hrtime", Object.assign(hrtime, { bigint: () => BigInt(now()) * 1_000_000n }));
    this.#replace(process, "uptime", () => now() / 1000);
  }

  #counting<F extends Callable>(original: F, what: "chance"): F {
    return ((...args) => {
      this.#counted[what]++;
      return original(...args);
    }) as F;
  }

  /** A proxy, so that classes and what hangs on a function stay. */
  #noting(module: string, name: string, original: unknown): unknown {
    const note = (first: unknown): void => {
      const caller = new Error("who asks?").stack?.split("\n")[3] ?? "";
      if (/\(?node:/.test(caller)) return; // Node itself, such as its module loader
      if (this.#loading && /node_modules/.test(caller)) return;
      const about = typeof first === "string" ? ` ${JSON.stringify(first.slice(0, 80))}` : "";
      this.#outside.add(`${name}${about} of ${module}`);
    };
    return new Proxy(original as Callable, {
      apply: (target, self, args) => (note(args[0]), Reflect.apply(target, self, args)),
      construct: (target, args, as) => (note(args[0]), Reflect.construct(target, args, as) as object),
    });
  }
}
