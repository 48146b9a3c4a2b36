// The commonest leak there is: a merge_asof on the time at which a higher bar opens.
import pl from "nodejs-polars";

type Frames = Record<string, pl.DataFrame>;

/** Each bar is joined to the hour that is still forming: its close is known up to 55 minutes later. */
function onOpen(frames: Frames) {
  const hours = frames["1h"].select(pl.col("timestamp"), pl.col("close").alias("hourClose"));
  return frames["5m"].joinAsof(hours, { on: "timestamp" }).select("timestamp", "hourClose");
}

/** The same join on the time at which a bar is known. */
function onKnown(frames: Frames) {
  const hours = frames["1h"].select(pl.col("known_at"), pl.col("close").alias("hourClose"));
  return frames["5m"].joinAsof(hours, { on: "known_at" }).select("timestamp", "hourClose");
}

// What stands under `frames` is given polars frames.
export const frames = { onOpen, onKnown };
