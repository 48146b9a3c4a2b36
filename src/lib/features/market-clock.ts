import type { Calendar, Session } from "../time/calendar.ts";
import { DAY, type EpochMs } from "../time/units.ts";
import { dayOfWeek, hourOfWeek } from "../time/zone.ts";
import type { Feature } from "./feature.ts";
import { own } from "./own.ts";

/** Positions on the market's own clock, each as sine or cosine of its phase. */
export const CLOCK_OUTPUTS = [
  "hourOfWeekSin", "hourOfWeekCos", "dayOfWeekSin", "dayOfWeekCos", "sessionTimeSin", "sessionTimeCos",
] as const; // prettier-ignore
export type ClockOutput = (typeof CLOCK_OUTPUTS)[number];

/**
 * Where the bar's open lies on the clock of the calendar's zone: hour of the week (168), day of the week (7), and
 * share of the session that had passed (0 for bars that open before it). Phase 0 is Monday, midnight, the opening.
 */
export function marketClock(outputs: readonly ClockOutput[] = CLOCK_OUTPUTS): Feature {
  return {
    id: "market-clock",
    version: 1,
    params: {},
    inputs: own("openTime"),
    outputs,
    warmUp: { first: 0, settled: 0 },
    start({ calendar }) {
      const phases = outputs.map((output) => phaseOf(output, calendar));
      return {
        step(inputs, out, at) {
          for (let i = 0; i < outputs.length; i++) {
            const angle = 2 * Math.PI * phases[i]!(inputs[0]!);
            out[at + i] = outputs[i]!.endsWith("Sin") ? Math.sin(angle) : Math.cos(angle);
          }
        },
      };
    },
  };
}

function phaseOf(output: ClockOutput, calendar: Calendar): (open: EpochMs) => number {
  const { zone } = calendar;
  if (output.startsWith("hourOfWeek")) return (open) => hourOfWeek(zone, open) / 168;
  if (output.startsWith("dayOfWeek")) return (open) => dayOfWeek(zone, open) / 7;
  return sessionShare(calendar);
}

/** Share of its session that has passed at ascending instants; sessions are looked up a month at a time. */
function sessionShare(calendar: Calendar): (open: EpochMs) => number {
  let sessions: readonly Session[] = [];
  let next = 0;
  let until = -Infinity;
  return (open) => {
    if (open >= until) {
      [until, next] = [open + 30 * DAY, 0];
      sessions = calendar.sessions(open, until + DAY); // a bar may open some hours before its session
    }
    while (next < sessions.length && sessions[next]!.close <= open) next++;
    const session = sessions[next];
    if (!session || open <= session.open) return 0;
    return (open - session.open) / (session.close - session.open);
  };
}
