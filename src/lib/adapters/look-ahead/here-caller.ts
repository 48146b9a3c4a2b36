import vm from "node:vm";
import type { Caller, Outcome } from "../../evaluation/look-ahead/user/caller.ts";
import { callFunction, Endless } from "./call-function.ts";
import { Outside } from "./outside.ts";
import type { CandlesFunction, FramesFunction, Takes } from "./user-function.ts";

const SLOT = Symbol.for("rhyme.look-ahead.call");
/** A script is what Node can end from outside; it does nothing but call. Made late: a user's file may load this one. */
const callScript = (): vm.Script => new vm.Script('globalThis[Symbol.for("rhyme.look-ahead.call")]()');

/**
 * Runs a function in this process: what notebooks and tests have at hand. It cannot be started afresh, and where it
 * goes on for ever behind an `await`, nothing here can end it; its file can be checked instead.
 */
export function hereCaller(fn: CandlesFunction | FramesFunction, takes: Takes, timeoutMs: number): Caller {
  const outside = new Outside();
  const script = callScript();
  return {
    fresh: false,
    call: (candles, { clock }): Promise<Outcome> =>
      callFunction(fn as CandlesFunction & FramesFunction, takes, candles, outside, clock, {
        run: (call) => inTime(script, call, timeoutMs),
      }),
  };
}

function inTime(script: vm.Script, call: () => unknown, timeoutMs: number): unknown {
  const late = (): Endless => new Endless(`not done after ${timeoutMs / 1000} s`);
  const slots = globalThis as unknown as Record<symbol, unknown>;
  slots[SLOT] = call;
  let returned: unknown;
  try {
    returned = script.runInThisContext({ timeout: timeoutMs });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT" ? late() : error;
  } finally {
    delete slots[SLOT];
  }
  if (!(returned instanceof Promise)) return returned;
  let timer: NodeJS.Timeout;
  const limit = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(late()), timeoutMs)));
  return Promise.race([returned, limit]).finally(() => clearTimeout(timer));
}
