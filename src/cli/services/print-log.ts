import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { RhymeError } from "../../lib/errors.ts";
import type { Ui } from "../ui.ts";

export interface PrintLogOptions {
  /** How many of the last ones. */
  readonly lines: number;
  /** Goes on until the process is ended. */
  readonly follow: boolean;
  /** One document with the lines instead; never followed. */
  readonly json: boolean;
  readonly ui: Ui;
}

const TAIL = 4 * 2 ** 20; // bytes looked at for the last lines
const LOOK_MS = 200;
const LONGEST = 400;

/** The last lines of a log, whole ones, and what comes after. @throws RhymeError "usage" where there is none */
export async function printLog(log: string, { lines, follow, json, ui }: PrintLogOptions): Promise<void> {
  if (!existsSync(log) || (json && follow))
    throw new RhymeError("usage", {
      place: json && follow ? "--follow" : log,
      expected: json && follow ? "one of --json and --follow" : "a log",
      received: json && follow ? "both" : "none yet",
      remedy: json && follow ? "Leave one out." : "./rhyme services up starts the server that writes it.",
    });
  let end = statSync(log).size;
  const last = lines === 0 ? [] : lastLines(read(log, Math.max(0, end - TAIL), end)).slice(-lines);
  if (json) return ui.json({ schema: "rhyme.services.logs/1", log, lines: last });
  for (const line of last) ui.out(shown(line));
  if (!follow) return;
  for (let rest = ""; ;) {
    await pause(LOOK_MS);
    const size = existsSync(log) ? statSync(log).size : 0;
    if (size < end) [end, rest] = [0, ""]; // a new file was begun
    const parts = (rest + read(log, end, size)).split("\n");
    [end, rest] = [size, parts.pop()!];
    for (const line of parts) ui.out(shown(line));
  }
}

/** A server tells of itself in lines of many thousand characters; --json has them whole. */
function shown(line: string): string {
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

function lastLines(text: string): readonly string[] {
  return text.replace(/\n$/, "").split("\n").filter(Boolean);
}

function read(file: string, from: number, to: number): string {
  if (to <= from) return "";
  const handle = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(to - from);
    return bytes.toString("utf8", 0, readSync(handle, bytes, 0, bytes.length, from));
  } finally {
    closeSync(handle);
  }
}
