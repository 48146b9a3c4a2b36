import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** `workflows/` */
export const WORKFLOWS: string = fileURLToPath(new URL("../", import.meta.url));

/** How a run can end. */
export type RunEnding = "finished" | "failed" | "continued" | "cancelled";

export interface KeptHistory {
  /** `backfill/histories/backfillSeries-failed.json`, within `workflows/`. */
  readonly file: string;
  /** The workflow's type. */
  readonly type: string;
  readonly ending: string;
  /** As a replay takes it. */
  read(): object;
}

/** Folder of each workflow type. */
export const FOLDERS: Readonly<Record<string, string>> = {
  ...{ backfill: "backfill", backfillSeries: "backfill", ingest: "ingest", label: "label", live: "live" },
  ...{ train: "train", reembed: "reembed", audit: "audit", scheduled: "schedules" },
};

export function historyFile(type: string, ending: string): string {
  return path.join(FOLDERS[type]!, "histories", `${type}-${ending}.json`);
}

/** All that are committed. */
export function keptHistories(): readonly KeptHistory[] {
  const folders = [...new Set(Object.values(FOLDERS))].map((folder) => path.join(folder, "histories"));
  return folders.flatMap((folder) =>
    readdirSync(path.join(WORKFLOWS, folder))
      .sort()
      .map((name) => {
        const [type, ending] = path.basename(name, ".json").split("-") as [string, string];
        const file = path.join(folder, name);
        const read = (): object => historyOf(readFileSync(path.join(WORKFLOWS, file), "utf8"));
        return { file, type, ending, read };
      }),
  );
}

interface Messages {
  readonly temporal: {
    readonly api: {
      readonly history: { readonly v1: { readonly History: { fromObject(json: object): object } } };
    };
  };
}

/**
 * A history from the JSON that a server exports. The SDK's own `historyFromJSON` fails where two copies of protobufjs
 * are installed, as they are here.
 */
function historyOf(json: string): object {
  const sdk = createRequire(createRequire(import.meta.url).resolve("@temporalio/common"));
  const { temporal } = sdk("@temporalio/proto") as Messages;
  return temporal.api.history.v1.History.fromObject(JSON.parse(json, timesAsMessages) as object);
}

/** JSON has instants and durations as text, messages as seconds and nanoseconds. */
function timesAsMessages(name: string, value: unknown): unknown {
  if (typeof value !== "string" || !/(?:Time|Timeout|Interval|Delay|Duration|Backoff)$/.test(name))
    return value;
  const seconds = value.endsWith("s") ? Number(value.slice(0, -1)) : Date.parse(value) / 1000;
  const nanos = Math.round((seconds % 1) * 1e9);
  return { seconds: Math.floor(seconds), nanos };
}
