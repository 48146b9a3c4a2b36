import type { Command } from "commander";
import { addStartAudit } from "../workflows/start-audit.ts";
import { addStartBackfill } from "../workflows/start-backfill.ts";
import { addStartIngest } from "../workflows/start-ingest.ts";
import { addStartReembed } from "../workflows/start-reembed.ts";
import { addStartTrain } from "../workflows/start-train.ts";
import { addStartLabel } from "./start-label.ts";
import { addStartLive } from "./start-live.ts";

const EXAMPLES = `Examples:
  ./rhyme start backfill --from ./candles --symbols BTCUSDT,ETHUSDT --timeframes 5m,30m,1h,4h --memory ./memory
  ./rhyme start ingest --from binance --symbols BTC/USDT --timeframe 5m --since 2024-01-01 --memory ./memory
  ./rhyme start live --memory ./memory --from ./candles --horizon 4h
`;

/** `./rhyme start KIND`: begins work that goes on by itself. */
export function addStart(program: Command): void {
  const start = program
    .command("start")
    .summary("long work that goes on where it was, whoever ends it")
    .description("Starts long work: a backfill of many series.")
    .addHelpText("before", EXAMPLES);
  addStartBackfill(start);
  addStartIngest(start);
  addStartTrain(start);
  addStartReembed(start);
  addStartAudit(start);
  addStartLabel(start);
  addStartLive(start);
}
