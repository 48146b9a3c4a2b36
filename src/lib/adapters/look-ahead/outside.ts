import { syncBuiltinESMExports } from "node:module";
import { promisify } from "node:util";
import { RhymeError } from "../../errors.ts";
import type { Habits } from "../../evaluation/look-ahead/user/caller.ts";
import type { EpochMs } from "../../time/units.ts";
import { holdClocks } from "./outside-clock.ts";
import { callerOf, isUsers, NOTED, pathIn, REFUSED } from "./outside-ways.ts";

type Callable = (...args: unknown[]) => unknown;

/**
 * Stands between a function and what it may not depend on: the clock shows what it is told to; asking for it, for
 * chance, files and network is noted; to start a process is refused, for it could outlive the look. Native code still
 * finds the real clock and files.
 */
export class Outside {
  #clock: EpochMs = 0;
  #counted = { clock: 0, chance: 0 };
  #outside = new Set<string>();
  #refused: string | null = null;
  #loading = false;
  readonly #restore: (() => void)[] = [];
  readonly #stays: boolean;

  /** @param stays also between calls, so that a timer finds no gap: for a process that does nothing else */
  constructor({ stays = false }: { readonly stays?: boolean } = {}) {
    this.#stays = stays;
  }

  /** From here on, until `end`. @param loading while a module is run: what packages do then is none of its own */
  begin(clock: EpochMs, loading = false): void {
    this.#clock = clock;
    this.#loading = loading;
    if (this.#restore.length > 0) return;
    holdClocks(
      () => this.#clock + this.#counted.clock++, // it ticks with every look, so that waiting for it ends
      (on, name, by) => this.#replace(on, name, by),
    );
    this.#replace(Math, "random", { value: this.#counting(Math.random, "chance") });
    for (const [ways, refuse] of [[NOTED, false] as const, [REFUSED, true] as const])
      for (const [module, on, names] of ways)
        for (const name of names.filter((one) => one in on)) {
          const original = (on as Record<string, unknown>)[name] as Callable;
          this.#replace(on, name, { value: this.#watching(module, name, original, refuse) });
        }
    syncBuiltinESMExports();
  }

  /** Everything as it was, but where it stays; what was seen since the last `end`. */
  end(): Habits {
    this.#loading = true;
    const habits = { ...this.#counted, outside: [...this.#outside] };
    this.#counted = { clock: 0, chance: 0 };
    this.#outside = new Set();
    this.#refused = null;
    if (!this.#stays) this.remove();
    return habits;
  }

  /** Everything as it was. */
  remove(): void {
    for (const restore of this.#restore.splice(0).reverse()) restore();
    syncBuiltinESMExports();
  }

  /** The process that the function wanted to start, where it did. */
  get refused(): string | null {
    return this.#refused;
  }

  #replace(on: object, name: string, by: PropertyDescriptor): void {
    const before = Object.getOwnPropertyDescriptor(on, name);
    const kind = "value" in by ? { writable: true } : {};
    Object.defineProperty(on, name, {
      enumerable: before?.enumerable ?? true,
      ...by,
      ...kind,
      configurable: true,
    });
    this.#restore.push(() => {
      if (before) Object.defineProperty(on, name, before);
      else delete (on as Record<string, unknown>)[name];
    });
  }

  #counting<F extends Callable>(original: F, what: "chance"): F {
    return ((...args) => {
      this.#counted[what]++;
      return original(...args);
    }) as F;
  }

  /** A proxy, so that classes and what hangs on a function stay. */
  #watching(module: string, name: string, original: Callable, refuse: boolean): Callable {
    const watch = (first: unknown): void => {
      if (!isUsers(callerOf(2), name, first, this.#loading)) return;
      const path = pathIn(first).slice(0, 80);
      const what = `${name}${path ? ` ${JSON.stringify(path)}` : ""} of ${module}`;
      this.#outside.add(what);
      if (refuse) this.#refuse(what);
    };
    return new Proxy(this.#promisable(module, name, original, refuse), {
      apply: (target, self, args) => (watch(args[0]), Reflect.apply(target, self, args)),
      construct: (target, args, as) => (watch(args[0]), Reflect.construct(target, args, as) as object),
    });
  }

  /** What `promisify` makes of some functions of Node goes round them: that is watched as well. */
  #promisable(module: string, name: string, original: Callable, refuse: boolean): Callable {
    const promised = (original as { [promisify.custom]?: Callable })[promisify.custom];
    if (!promised || promised === original) return original; // what was promised promises itself
    const value = this.#watching(module, name, promised, refuse);
    return Object.defineProperty(original.bind(null), promisify.custom, { value });
  }

  #refuse(what: string): never {
    this.#refused ??= what;
    throw new RhymeError("input", {
      place: what,
      expected: "a function of its candles alone",
      received: "the start of a process, which is refused",
      remedy: "Start it elsewhere, and hand in what comes of it.",
    });
  }
}
