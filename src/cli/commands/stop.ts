import type { Command } from "commander";
import path from "node:path";
import { connectTemporal } from "../../../workflows/client.ts";
import { liveSeriesIn, type LiveSeriesOf } from "../../../workflows/live/followed.ts";
import { stopLive, type StoppedLive } from "../../../workflows/live/stop-live.ts";
import { RhymeError } from "../../lib/errors.ts";
import { listOf } from "../candle-options.ts";
import { interruptSignal } from "../interrupt.ts";
import { addServerOption, serverAddress, type ServerOption } from "../server-option.ts";
import { createUi } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme stop live --memory ./memory                            every series of it that is followed
  ./rhyme stop live --memory ./memory --symbols BTCUSDT,ETHUSDT  these; the others are followed further
`;

const NOTES = `
Each answers what is there, and ends for good: no schedule begins it again, the same ./rhyme start live does.
(./rhyme watch live/… --pause lets it rest; --cancel ends it at once, until the schedule for live comes by.)
Exit: 0 ended, or told to; 2 bad usage, no series of that name, or no server.`;

interface StopLiveOptions extends ServerOption {
  readonly memory: string;
  readonly tenant: string;
  readonly symbols?: readonly string[];
  readonly timeframe?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme stop live`: what `start live` began. */
export function addStop(program: Command): void {
  const stop = program
    .command("stop")
    .summary("series that are followed, for good")
    .description("Ends what goes on without an end: series of ./rhyme start live.")
    .addHelpText("before", EXAMPLES);
  const command = stop
    .command("live")
    .summary("series that are followed, for good")
    .description("Lets series that are followed answer what is there, and ends them.")
    .requiredOption("--memory <folder>", "the memory that holds them")
    .option("--symbols <list>", "only these", listOf("--symbols"))
    .option("--timeframe <name>", "only these")
    .option("--tenant <name>", "whose memory", "default");
  addServerOption(command)
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: StopLiveOptions): Promise<void> {
  const ui = createUi(options);
  const wanted = wantedOf(options);
  const temporal = await connectTemporal(serverAddress(options));
  try {
    const stopped = await stopLive(temporal, wanted, interruptSignal());
    if (options.json) return ui.json({ schema: "rhyme.stop.live/1", memory: options.memory, stopped });
    for (const one of stopped) ui.out(`${one.workflow}: ${SAID[one.is]}`);
  } finally {
    await temporal.close();
  }
}

const SAID: Readonly<Record<StoppedLive["is"], string>> = {
  ended: "answered what was there, and ended",
  told: "is told to end, and does once a worker (./rhyme work) has answered what is there",
  "not running": "did not run; no schedule begins it again",
};

/** @throws RhymeError "usage" where a symbol is none that is, or was, followed */
function wantedOf({ memory, tenant, symbols, timeframe }: StopLiveOptions): readonly LiveSeriesOf[] {
  const known = liveSeriesIn(path.resolve(memory), tenant);
  const wanted = known.filter(
    ({ series }) =>
      (symbols === undefined || symbols.includes(series.symbol)) &&
      (timeframe === undefined || series.timeframe === timeframe),
  );
  const missing = symbols?.filter((symbol) => !wanted.some(({ series }) => series.symbol === symbol)) ?? [];
  if (wanted.length > 0 && missing.length === 0) return wanted;
  throw new RhymeError("usage", {
    place: memory,
    expected: `series that are followed${timeframe === undefined ? "" : ` in ${timeframe}`}`,
    received: missing.length > 0 ? `none of ${missing.join(", ")}` : "none",
    remedy: `Followed are: ${[...new Set(known.map(({ series }) => series.symbol))].join(", ") || "none"}.`,
  });
}
