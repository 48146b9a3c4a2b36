import path from "node:path";
import { connectTemporal } from "../../workflows/client.ts";
import { followedIn } from "../../workflows/live/followed.ts";
import { tellLive } from "../../workflows/live/tell-live.ts";
import type { SeriesKey } from "../lib/candles/candle-series.ts";
import { RhymeError } from "../lib/errors.ts";
import { serverAddress } from "./server-option.ts";
import type { Ui } from "./ui.ts";

/**
 * Tells those who follow these series (./rhyme start live) that there are candles. Where nobody does, nobody is asked;
 * where no server answers, that is said and they look by the clock.
 */
export async function tellFollowed(memory: string, keys: readonly SeriesKey[], ui: Ui): Promise<void> {
  const at = path.resolve(memory);
  if (followedIn(at).length === 0) return;
  try {
    const temporal = await connectTemporal(serverAddress({ server: process.env["RHYME_SERVER"] ?? "" }));
    try {
      const told = await tellLive(at, keys, (id) => temporal.client.workflow.getHandle(id).signal("candles"));
      if (told > 0) ui.note(`told ${told} followed series that there are candles`);
    } finally {
      await temporal.close();
    }
  } catch (error) {
    if (!(error instanceof RhymeError)) throw error;
    ui.note("series that are followed were not told, since no server answers: they look by the clock");
  }
}
