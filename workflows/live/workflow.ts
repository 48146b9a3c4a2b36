import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import { LONG, SHORT } from "../activity-options.ts";
import { MESSAGES } from "../messages.ts";
import { LIVE_QUEUE } from "../queues.ts";
import { encoderAttribute, symbolAttribute } from "../search-attributes.ts";
import { detailsOf } from "../progress-details.ts";
import type { LiveActivities } from "./activities.ts";
import { livePlan, type LiveCounts, type LiveFrom, type LiveProgress } from "./plan.ts";

/** The truth may be away for as long as it takes: what fails for good says so itself. */
const { maximumAttempts: _ends, ...retry } = LONG.retry!;
const truth = proxyActivities<Pick<LiveActivities, "advance" | "answer">>({
  ...{ ...LONG, taskQueue: LIVE_QUEUE },
  retry,
});
/** A source, or an index, is asked again with the next candle. */
const outside = proxyActivities<Pick<LiveActivities, "pollSource" | "show">>({
  ...{ ...LONG, taskQueue: LIVE_QUEUE, startToCloseTimeout: "10 minutes" },
  retry: { ...retry, maximumAttempts: 2 },
});
const job = proxyActivities<Pick<LiveActivities, "openLive">>(SHORT);

/** There are candles: look at once. */
const candlesSignal = defineSignal("candles");
/** Answer what is there, and end. */
const endSignal = defineSignal("end");

/** Follows one series for as long as it is let. Told of candles it looks at once, else from time to time. */
export async function live(from: LiveFrom): Promise<LiveCounts> {
  let [news, ending] = [false, false];
  let progress: LiveProgress | null = null;
  setHandler(candlesSignal, () => {
    news = true;
  });
  setHandler(endSignal, () => {
    [news, ending] = [true, true];
  });
  setHandler(defineQuery<LiveProgress | null>(MESSAGES.progress), () => progress);
  const steps: LiveActivities = {
    pollSource: (ref) => outside.pollSource(ref),
    advance: (ref) => truth.advance(ref),
    answer: (input) => truth.answer(input),
    show: (ref) => outside.show(ref),
    openLive: async (ref) => {
      const opened = await job.openLive(ref);
      upsertSearchAttributes([
        { key: symbolAttribute, value: opened.symbol },
        { key: encoderAttribute, value: opened.encoder },
      ]);
      return opened;
    },
  };
  const done = await livePlan(from, steps, {
    wait: async (ms) => {
      await condition(() => news, ms);
      news = false;
    },
    pause: (ms) => sleep(ms),
    now: () => Date.now(),
    ending: () => ending,
    full: () => workflowInfo().continueAsNewSuggested,
    report: (said) => {
      progress = said;
      setCurrentDetails(detailsOf(said));
    },
  });
  if (done.kind === "done") return done.result;
  return continueAsNew<typeof live>(done.state);
}
