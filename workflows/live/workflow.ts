import {
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setHandler,
  setWorkflowOptions,
  sleep,
  upsertSearchAttributes,
} from "@temporalio/workflow";
import { LONG, SHORT } from "../activity-options.ts";
import type { Held } from "../messages.ts";
import { LIVE_QUEUE } from "../queues.ts";
import { encoderAttribute, symbolAttribute } from "../search-attributes.ts";
import { temporalControl } from "../temporal-control.ts";
import { LIVE_ATTEMPTS } from "./attempts.ts";
import type { LiveActivities } from "./activities.ts";
import { livePlan, progressFrom, type LiveCounts, type LiveFrom, type LiveProgress } from "./plan.ts";

const truth = proxyActivities<Pick<LiveActivities, "look" | "answer">>({
  ...{ ...LONG, taskQueue: LIVE_QUEUE },
  retry: { ...LONG.retry, maximumAttempts: LIVE_ATTEMPTS.look },
});
const outside = proxyActivities<Pick<LiveActivities, "show">>({
  ...{ ...LONG, taskQueue: LIVE_QUEUE, startToCloseTimeout: "10 minutes" },
  retry: { ...LONG.retry, maximumAttempts: LIVE_ATTEMPTS.show },
});
const job = proxyActivities<Pick<LiveActivities, "openLive">>({
  ...SHORT,
  retry: { ...SHORT.retry, maximumAttempts: LIVE_ATTEMPTS.openLive },
});

/** There are candles: look at once. */
const candlesSignal = defineSignal("candles");
/** Answer what is there, and end. */
const endSignal = defineSignal("end");

/** One series is one thing at a time; it begins as it is let. */
const ON: Held = { paused: false, window: 1 };

/** Follows one series for as long as it is let. Told of candles it looks at once, else from time to time. */
export async function live(from: LiveFrom, held: Held = ON): Promise<LiveCounts> {
  let [news, ending] = [false, false];
  setHandler(candlesSignal, () => {
    news = true;
  });
  setHandler(endSignal, () => {
    ending = true;
  });
  const control = temporalControl<LiveProgress>(held, progressFrom(from));
  const goesOn = (): boolean => ending || !control.paused();
  const done = await livePlan(from, stepsOf(), {
    ...control,
    wait: async (ms) => {
      await condition(() => news || ending, ms);
      await condition(goesOn);
      news = false;
    },
    pause: (ms) => sleep(ms),
    now: () => Date.now(),
    ending: () => ending,
    full: () => control.full() && !ending, // the next run would not know that it was asked to
  });
  await control.settled();
  if (done.kind === "done") return done.result;
  return continueAsNew<typeof live>(done.state, control.held());
}

// It does not end, so it cannot wait for the build that it began on: the newest one goes on with it.
setWorkflowOptions({ versioningBehavior: "AUTO_UPGRADE" }, live);

function stepsOf(): LiveActivities {
  let through = "";
  const goesThrough = (encoder: string): void => {
    if (encoder !== through) upsertSearchAttributes([{ key: encoderAttribute, value: encoder }]);
    through = encoder;
  };
  return {
    look: async (input) => {
      const looked = await truth.look(input);
      goesThrough(looked.encoder);
      return looked;
    },
    answer: (input) => truth.answer(input),
    show: (ref) => outside.show(ref),
    openLive: async (ref) => {
      const opened = await job.openLive(ref);
      upsertSearchAttributes([{ key: symbolAttribute, value: opened.symbol }]);
      return opened;
    },
  };
}
