import type { Command } from "commander";
import { begin, connectTemporal } from "../../../workflows/client.ts";
import { fromFailure } from "../../../workflows/failures.ts";
import { followsFor, liveMemo } from "../../../workflows/live/followed.ts";
import { followLocally } from "../../../workflows/live/locally.ts";
import { liveFrom } from "../../../workflows/live/plan.ts";
import { memoryMark } from "../../../workflows/memory-mark.ts";
import { liveId } from "../../../workflows/queues.ts";
import { RhymeError } from "../../lib/errors.ts";
import { listOf, numberOf } from "../candle-options.ts";
import { addIndexOption, indexAddress, type IndexOption } from "../index-options.ts";
import { indexKey } from "../index-key.ts";
import { interruptSignal } from "../interrupt.ts";
import { addServerOption, serverAddress, type ServerOption } from "../server-option.ts";
import { liveFigures } from "../show-live.ts";
import { createUi, type Ui } from "../ui.ts";
import { keepLive, type KeptLive, type LiveJobOptions } from "../workflows/live-job.ts";

const EXAMPLES = `Examples:
  ./rhyme start live --memory ./memory --from ./candles --horizon 4h          files of a folder that grow
  ./rhyme start live --memory ./memory --exchange binance --symbols BTC/USDT --horizon 4h
  ./rhyme start live --memory ./memory --horizon 4h                           candles that others put there
  ./rhyme start live --local --memory ./memory --from ./candles --horizon 4h
`;

const NOTES = `
Follows remembered series as their candles close: each is stored, embedded, labelled and asked, and the answer kept in
the log of the memory (./rhyme memory, export). One workflow for each series; one that runs already is left alone, one that
another job follows is refused. ./rhyme stop live ends it. Without --encoder it goes over to what reembed switches to. Told
of candles (signal "candles") it looks at once, else every --every seconds. An answer waits up to --patience seconds for
the other series to close the same candle. With --index the newest moment is kept there as live state, and as an anomaly
where it is one. --local follows in this process until Ctrl-C.
Exit: 0 begun (or stopped), 2 bad usage or input.`;

interface StartLiveOptions extends LiveJobOptions, IndexOption, ServerOption {
  readonly local?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme start live`. */
export function addStartLive(start: Command): void {
  const command = start
    .command("live")
    .summary("remembered series, followed as their candles close")
    .description("Follows remembered series candle by candle.")
    .requiredOption("--memory <folder>", "a memory that holds them")
    .requiredOption("--horizon <span>", "what every new moment is asked: one that is remembered")
    .option("--from <folder>", "candle files of these symbols, which grow")
    .option("--exchange <name>", "an exchange of ccxt; symbols are named as it does")
    .option("--base-url <url>", "another host that answers for the exchange")
    .option("--symbols <list>", "only these", listOf("--symbols"))
    .option("--timeframe <name>", "only these")
    .option("--encoder <version>", "where several are held")
    .option("--k <count>", "episodes of an answer", numberOf("--k", 1), 10)
    .option("--every <seconds>", "looks at least this often", numberOf("--every", 1), 30)
    .option("--patience <seconds>", "how long an answer waits for other series", numberOf("--patience"), 20)
    .option("--tenant <name>", "whose memory", "default")
    .option("--local", "in this process, without a server");
  addServerOption(command);
  addIndexOption(command, "an index that shows live states: weaviate://HOST:PORT");
  command
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(startLive);
}

async function startLive(options: StartLiveOptions): Promise<void> {
  const ui = createUi(options);
  const index = indexAddress(options);
  const local = options.local === true;
  const kept = await keepLive(options, { index, now: Date.now(), local });
  if (local) return follow(kept, index, ui);
  const mark = memoryMark(kept.ref.memory);
  const workflows = kept.series.map((one) => liveId(options.tenant, mark, one));
  const temporal = await connectTemporal(serverAddress(options));
  try {
    for (const [series, id] of workflows.entries()) {
      const ref = { ...kept.ref, series };
      const [args, memo] = [[liveFrom(ref)], liveMemo(ref)];
      const summary = `follows ${kept.series[series]!.symbol}`;
      const handle = await begin(temporal, { type: "live", id, args, summary, memo });
      const running = (await handle.describe()).memo ?? {};
      if (!followsFor(memo, running)) throw endsYet(id, String(running["job"]));
    }
  } finally {
    await temporal.close();
  }
  if (options.json) return ui.json({ schema: "rhyme.live/1", job: kept.ref.job, workflows });
  for (const id of workflows) ui.out(`${id}: ./rhyme watch ${id} shows how far it is`);
}

/** It was stopped, and has not come to its end: whoever joins it ends with it. */
function endsYet(id: string, job: string): RhymeError {
  return new RhymeError("usage", {
    place: id,
    expected: "a series that no other job follows",
    received: `still followed by ${job}, which was told to end`,
    remedy: "It ends once a worker (./rhyme work) has answered what is there; then start this again.",
  });
}

async function follow({ ref, series }: KeptLive, index: string | null, ui: Ui): Promise<void> {
  const key = index === null ? undefined : indexKey(index);
  if (key !== undefined) process.env["RHYME_WEAVIATE_KEY"] ??= key; // where threads look for it, as workers do
  const said = new Map<number, number | null>();
  const signal = interruptSignal();
  try {
    await followLocally(ref, series.length, {
      signal,
      onLog: (level, message) => {
        if (level !== "info") ui.note(message);
      },
      onFailed: (place, reason) => ui.note(`${series[place]!.symbol} is not followed any more: ${reason}`),
      onSeries: (place, progress) => {
        if (progress.trouble !== null) ui.note(`${series[place]!.symbol}: ${progress.trouble}`);
        if (progress.answered === said.get(place)) return;
        said.set(place, progress.answered);
        ui.note(`${series[place]!.symbol}: ${liveFigures(progress)}`);
      },
    });
  } catch (error) {
    if (!signal.aborted) throw fromFailure(error);
  }
}
