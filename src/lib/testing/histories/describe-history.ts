import type { CandleFacts } from "../../candles/candle-facts.ts";
import type { EpochMs } from "../../time/units.ts";
import { DAY, HOUR, iso } from "../../time/units.ts";
import { offsetAt } from "../../time/zone.ts";
import type { HistoryPlan } from "./history-plan.ts";

/** What is special about a history, from its plan and from the facts themselves. */
export function kindsOf(plan: HistoryPlan, facts: readonly CandleFacts[]): readonly string[] {
  const own = facts[0]!;
  const { length: N } = own.openTime;
  const kinds: Readonly<Record<string, boolean>> = {
    "no rows": N === 0,
    "one row": N === 1,
    "long enough for everything": N >= 300,
    "base timeframe alone": plan.timeframes.length === 1,
    "close-stamped": plan.stamp === "close",
    "sent twice and in no order": plan.untidy,
    "two symbols": facts.length === 2,
    gaps: plan.gapShare > 0,
    [`${plan.prices} prices`]: plan.prices !== "walk",
    [`${plan.lag} lag`]: plan.lag !== "none",
    ...Object.fromEntries(plan.columns.map((name) => [name, true])),
    ...datesIn(own),
    ...lateIn(own),
  };
  return Object.keys(kinds).filter((kind) => kinds[kind]);
}

/** In words, for whoever has to understand what a violation needs. */
export function describeHistory(plan: HistoryPlan, facts: readonly CandleFacts[]): string {
  const { openTime, calendar } = facts[0]!;
  const rows = `${openTime.length} ${openTime.length === 1 ? "fact" : "facts"}`;
  const from = openTime.length > 0 ? ` from ${iso(openTime[0]!)}` : "";
  const what = [`${plan.timeframes.join(" ")} of ${calendar.name}, ${rows}${from}`, ...kindsOf(plan, facts)];
  return what.join("; ");
}

function datesIn({ openTime, closeTime, calendar }: CandleFacts): Record<string, boolean> {
  const { length: N } = openTime;
  if (N === 0) return {};
  const [first, last] = [openTime[0]!, closeTime[N - 1]!];
  const forward = (zone: string): number => offsetAt(zone, last) - offsetAt(zone, first);
  const date = (t: EpochMs): string => iso(t).slice(0, 10);
  const gap = openTime.findIndex((open, i) => i > 0 && open - closeTime[i - 1]! > 1.5 * DAY);
  return {
    "New York's clocks go forward": forward("America/New_York") > 0,
    "New York's clocks go back": forward("America/New_York") < 0,
    "London's clocks go forward": forward("Europe/London") > 0,
    "London's clocks go back": forward("Europe/London") < 0,
    "leap day": openTime.some((open) => date(open).endsWith("-02-29")),
    "year end": date(first).slice(0, 4) !== date(last - 1).slice(0, 4),
    "weekend open": gap > 0,
    "early close": !calendar.name.includes("@") && closesEarly(calendar.sessions(first, last)),
    "before 1970": first < 0,
  };
}

/** Whether a session is an hour shorter than the longest of them. */
function closesEarly(sessions: readonly { readonly open: EpochMs; readonly close: EpochMs }[]): boolean {
  const lengths = sessions.map(({ open, close }) => close - open);
  return Math.min(...lengths) <= Math.max(...lengths) - 1.5 * HOUR;
}

function lateIn({ openTime, knownAt, late }: CandleFacts): Record<string, boolean> {
  const onTime = new Set(knownAt.filter((_, row) => late[row] === 0));
  const newest = Math.max(...onTime);
  const is = (holds: (row: number) => boolean): boolean => late.some((flag, row) => flag === 1 && holds(row));
  const isFirst = (row: number): boolean => openTime[row - 1] !== openTime[row];
  return {
    "revised bar": is((row) => !isFirst(row)),
    "bar revised twice": is((row) => row > 1 && openTime[row - 2] === openTime[row]),
    "late bar": is(isFirst),
    "known after a bar behind it": is((row) => row + 1 < late.length && knownAt[row + 1]! < knownAt[row]!),
    "earlier history": late[0] === 1 && isFirst(0),
    "learned between two bars": is((row) => !onTime.has(knownAt[row]!) && knownAt[row]! < newest),
    "learned with a bar": is((row) => onTime.has(knownAt[row]!)),
    "learned long after": is((row) => knownAt[row]! > newest + DAY),
  };
}
