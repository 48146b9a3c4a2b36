import { factStore } from "../../../candles/candle-facts.ts";
import { rowsOf, type CandlesByTimeframe, type CandleSeries } from "../../../candles/candle-series.ts";
import { DAY, HOUR, iso, MINUTE, type EpochMs } from "../../../time/units.ts";
import { GARBAGE, type GarbageKind } from "../garbage.ts";
import { garbageSeed, worldKnownBy, worldWithGarbage, type World } from "../worlds.ts";
import type { Caller, CallOptions, Outcome, Said } from "./caller.ts";
import { Behaviour } from "./behaviour.ts";
import { ColumnTrial } from "./column-trial.ts";
import { sameValues } from "./compare.ts";
import { cutsOf, fineToCoarse } from "./instants.ts";
import type { Verdict } from "./report.ts";
import { differingColumns } from "./same-said.ts";

export interface ExaminationOptions {
  /** Instants to cut at. */
  readonly instants: number;
  readonly seed: number;
  /** How far values may differ, in proportion; 0: not by a bit. */
  readonly tolerance: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The function as a whole has a verdict: nothing more can be asked. */
export class Settled extends Error {
  override readonly name = "Settled";
  readonly verdict: Verdict;
  constructor(verdict: Verdict, reason: string) {
    super(reason);
    this.verdict = verdict;
  }
}

const KEPT = "it keeps something between calls";

/**
 * One function and what comes of asking it about candles that end at an instant, whose later part is garbage, twice,
 * at another time, and in a process of its own.
 */
export class Examination {
  readonly columns = new Map<string, ColumnTrial>();
  readonly behaviour = new Behaviour();
  readonly candles: CandlesByTimeframe;
  readonly world: World;
  readonly base: CandleSeries;
  calls = 0;
  instants = 0;
  /** Of these chosen by chance alone; null where every bar is there. */
  drawn: number | null = null;
  readonly #caller: Caller;
  readonly #options: ExaminationOptions;
  readonly #clock: EpochMs;

  constructor(caller: Caller, candles: CandlesByTimeframe, options: ExaminationOptions) {
    this.#caller = caller;
    this.candles = candles;
    this.world = { candles, facts: [], store: factStore([]) };
    this.base = fineToCoarse(candles)[0]!;
    this.#options = options;
    this.#clock = (this.base.knownAt.at(-1) ?? 0) + MINUTE;
  }

  /** @throws Settled where the function as a whole has a verdict */
  async run(): Promise<void> {
    const { instants: cuts, drawn } = cutsOf(this.candles, this.#options.instants, this.#options.seed);
    this.drawn = drawn;
    await this.#steadiness(cuts[cuts.length >> 1]!);
    for (const [i, t] of cuts.entries()) {
      this.#options.onProgress?.(i, cuts.length);
      await this.#cutAt(t, GARBAGE[i % GARBAGE.length]!);
    }
    this.#options.onProgress?.(cuts.length, cuts.length);
    await this.#sensitivity();
    this.behaviour.judge([...this.columns.values()]);
  }

  /** What was known by `t`, and the same with garbage for a future. */
  knownBy(t: EpochMs): CandlesByTimeframe {
    return worldKnownBy(this.world, t).candles;
  }

  spoilt(t: EpochMs, kind: GarbageKind): World {
    return worldWithGarbage(this.world, t, kind, garbageSeed(this.#options, t));
  }

  /** How far values may differ, in proportion. */
  get tolerance(): number {
    return this.#options.tolerance;
  }

  /** A history that begins later, asked about once more by a process that has answered nothing; else as it was heard. */
  async askAfresh(begun: CandlesByTimeframe, heard: Outcome): Promise<Outcome> {
    if (!this.#caller.fresh) return heard;
    const outcome = await this.ask(begun, { freshAt: this.#clock });
    const from = iso(begun[this.base.timeframe]!.openTime[0]!);
    this.#same(heard, outcome, `about a history that begins at ${from} in a process of its own: ${KEPT}`);
    return outcome;
  }

  /** One call, at the usual time where no other is said. */
  async ask(candles: CandlesByTimeframe, options: Partial<CallOptions> = {}): Promise<Outcome> {
    this.calls++;
    const outcome = await this.#caller.call(candles, { clock: this.#clock, ...options });
    if (outcome.kind === "said") this.behaviour.note(outcome);
    return outcome;
  }

  // ---- the same question again --------------------------------------------------------------------------------------

  /** A part of the candles comes first, so that what is kept from the first call is not the whole. */
  async #steadiness(middle: EpochMs): Promise<void> {
    const first = await this.ask(this.knownBy(middle));
    if (first.kind === "ended") throw new Settled(first.how, first.message);
    const whole = await this.#whole();
    this.#same(whole, await this.ask(this.candles), "when it is asked the same again");
    this.#same(first, await this.ask(this.knownBy(middle)), `after other calls: ${KEPT}`);
    const between = Math.floor((this.base.openTime[0]! + middle) / 2);
    for (const clock of [between, this.#clock + 400 * DAY + 5 * HOUR])
      this.#sameAnyTime(whole, await this.ask(this.candles, { clock }), clock);
    if (!this.#caller.fresh) return;
    // Asked as the first process was, so that only the clock differs.
    const later = this.#clock + 900 * DAY;
    await this.ask(this.knownBy(middle), { freshAt: later });
    this.#sameAnyTime(whole, await this.ask(this.candles), later);
    await this.ask(this.spoilt(middle, "another-symbol").candles, { freshAt: this.#clock });
    const otherwise = `in a process that was asked in another order: ${KEPT}`;
    this.#same(whole, await this.ask(this.candles), otherwise);
    this.#same(first, await this.ask(this.knownBy(middle)), otherwise);
  }

  async #whole(): Promise<Said> {
    const whole = await this.ask(this.candles);
    if (whole.kind === "threw") throw new Settled("throws", whole.message);
    if (whole.kind === "ended") throw new Settled(whole.how, whole.message);
    if (whole.columns.size === 0)
      throw new Settled("no columns", `it returned ${whole.instead ?? "an object without any"}`);
    for (const [name, values] of whole.columns) this.columns.set(name, new ColumnTrial(name, values));
    return whole;
  }

  #same(a: Outcome, b: Outcome, how: string): void {
    const chance = this.behaviour.chance > 0 ? "; it draws random numbers" : "";
    for (const [name, what] of differingColumns(a, b))
      this.#column(name).blame("not deterministic", `says something else ${how}${chance}${what}`);
  }

  #sameAnyTime(a: Outcome, b: Outcome, clock: EpochMs): void {
    const verdict = this.behaviour.clock > 0 ? "reads the clock" : "not deterministic";
    for (const [name, what] of differingColumns(a, b))
      this.#column(name).blame(verdict, `says something else when the clock shows ${iso(clock)}${what}`);
  }

  // ---- another future -----------------------------------------------------------------------------------------------

  async #cutAt(t: EpochMs, kind: GarbageKind): Promise<void> {
    this.instants++;
    const cut = this.knownBy(t);
    const rows = rowsOf(cut[this.base.timeframe]!);
    const where = `given the ${rows === 1 ? "first bar" : `${rows} bars`} known by ${iso(t)}`;
    const then = await this.ask(cut);
    if (then.kind === "ended") throw new Settled(then.how, `${then.message}, ${where}`);
    if (then.kind === "threw") this.#threwAt(t, where, then.message);
    else this.#hold(then, cut, t, null, where);
    if (this.behaviour.endsOn(kind)) return;
    const garbage = this.spoilt(t, kind).candles;
    const spoilt = await this.ask(garbage);
    if (spoilt.kind === "said") this.#hold(spoilt, garbage, t, kind, `${where} and ${kind} ones`);
    this.behaviour.heldOn(kind, spoilt);
  }

  #hold(
    said: Said,
    candles: CandlesByTimeframe,
    t: EpochMs,
    garbage: GarbageKind | null,
    where: string,
  ): void {
    for (const name of said.columns.keys()) this.#column(name);
    const { knownAt } = candles[this.base.timeframe]!;
    for (const column of this.columns.values()) {
      const values = said.columns.get(column.name);
      column.hold(this.base, { t, garbage, values, knownAt, where }, this.#options.tolerance);
    }
  }

  /** It says nothing then; a fault only where it does once there is more. */
  #threwAt(t: EpochMs, where: string, message: string): void {
    let fault = false;
    for (const column of this.columns.values()) {
      if (!column.whole?.some((value, i) => !Number.isNaN(value) && this.base.knownAt[i]! <= t)) continue;
      column.blame("throws", `has values up to then with all candles, but throws ${where}: ${message}`);
      fault = true;
    }
    if (!fault) this.behaviour.threwEarly(where, message);
  }

  /** What says the same whatever it is given may repeat what it said before anybody looked. */
  async #sensitivity(): Promise<void> {
    const columns = [...this.columns.values()];
    const others = await this.ask(this.spoilt(-Infinity, "another-symbol").candles);
    const priceless = others.kind === "said" ? sameColumns(columns, others) : [];
    this.behaviour.priceless.push(...priceless.map(({ name }) => name));
    if (this.#caller.fresh || priceless.length === 0) return;
    const later = await this.ask(shiftedBy(this.candles, 25 * HOUR));
    for (const column of later.kind === "said" ? sameColumns(priceless, later) : [])
      column.blame(
        "not checkable",
        "says the same whatever it is given: constant, or remembered from earlier calls",
      );
  }

  #column(name: string): ColumnTrial {
    const column = this.columns.get(name) ?? new ColumnTrial(name, null);
    this.columns.set(name, column);
    return column;
  }
}

/** Those that say the same of other candles. */
function sameColumns(columns: readonly ColumnTrial[], other: Said): readonly ColumnTrial[] {
  return columns.filter(({ name, whole, firstDefined }) => {
    const values = other.columns.get(name);
    return firstDefined !== null && values instanceof Float64Array && sameValues(whole!, values);
  });
}

function shiftedBy(candles: CandlesByTimeframe, ms: number): CandlesByTimeframe {
  const shifted = (series: CandleSeries): CandleSeries => ({
    ...series,
    openTime: series.openTime.map((t) => t + ms),
    closeTime: series.closeTime.map((t) => t + ms),
    knownAt: series.knownAt.map((t) => t + ms),
  });
  return Object.fromEntries(Object.entries(candles).map(([name, series]) => [name, shifted(series)]));
}
