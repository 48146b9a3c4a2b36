import { cutText } from "./cut-text.ts";
import type { MimeBundle } from "./threads.ts";

/** Of one output; the charting library and a large figure are a few megabytes. */
const MOST = 10_000_000; // characters

/**
 * A bundle as JSON can hold it, its plain text cut where it is long. One that is too large for a notebook becomes a
 * line that says so.
 * @throws TypeError that names the type whose value JSON cannot hold, such as a bigint or a circle
 */
export function soundBundle(bundle: MimeBundle): MimeBundle {
  const sound: Record<string, unknown> = {};
  let size = 0;
  for (const [type, value] of Object.entries(bundle)) {
    if (typeof value === "string") {
      sound[type] = type === "text/plain" ? cutText(value) : value;
      size += value.length;
      continue;
    }
    const text = asJson(type, value);
    if (text === undefined) continue;
    sound[type] = JSON.parse(text);
    size += text.length;
  }
  return size <= MOST ? sound : { "text/plain": tooLarge(size, sound["text/plain"]) };
}

function asJson(type: string, value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    throw new TypeError(`The ${type} of this display cannot be written as JSON: ${why}.`, { cause: error });
  }
}

function tooLarge(size: number, plain: unknown): string {
  const note = `[left out here: an output of ${(size / 1e6).toFixed(1)} MB, and a notebook takes ${MOST / 1e6} MB. Show a part of it, or write it to a file.]`;
  return typeof plain === "string" && plain.length < 1000 ? `${plain}\n${note}` : note;
}
