import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/** Some libraries say in a page what they could say in a line. */
const LONGEST = 200;

/** One line of whatever was thrown, and where in the user's file: `Error: no luck (my-features.ts:12)`. */
export function messageOf(error: unknown, file?: string): string {
  try {
    const [line = ""] = String(error).split("\n");
    const message = line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
    const place = file === undefined ? null : placeIn(file, error);
    return place === null ? message : `${message} (${place})`;
  } catch {
    return "something that cannot be shown";
  }
}

/** The first line of the file that a stack names; that of a syntax error stands there too, before the message. */
function placeIn(file: string, error: unknown): string | null {
  const { stack } = (error ?? {}) as { readonly stack?: unknown };
  if (typeof stack !== "string") return null;
  const path = fileURLToPath(file);
  for (const text of stack.split("\n"))
    for (const name of [file, path]) {
      const at = text.indexOf(`${name}:`);
      const [line] = at < 0 ? [] : (/^\d+/.exec(text.slice(at + name.length + 1)) ?? []);
      if (line !== undefined) return `${basename(path)}:${line}`;
    }
  return null;
}
