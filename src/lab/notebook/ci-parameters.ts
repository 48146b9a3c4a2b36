import { z } from "zod";
import { RhymeError } from "../../lib/errors.ts";
import type { Notebook } from "./notebook-file.ts";

/** Marks a raw cell that says, as JSON, what `./rhyme test` sets instead of the defaults. */
export const CI_PARAMETERS = "ci-parameters";

const valuesSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/**
 * What a notebook wants to be set when it is tested, as `--param` would be given; nothing where it does not say.
 * @throws RhymeError "input" for a cell that is no raw cell with a JSON object of texts, numbers and truths
 */
export function ciParameters({ cells }: Notebook, place: string): Readonly<Record<string, string>> {
  const cell = cells.find(({ tags }) => tags.includes(CI_PARAMETERS));
  if (!cell) return {};
  const parsed = valuesSchema.safeParse(cell.kind === "raw" ? parseJson(cell.source) : null);
  if (!parsed.success)
    throw new RhymeError("input", {
      place: `${place}, cell tagged ${CI_PARAMETERS}`,
      expected: 'a raw cell with one JSON object, such as { "seeds": 1 }',
      received: cell.kind === "raw" ? JSON.stringify(cell.source.slice(0, 60)) : `a ${cell.kind} cell`,
      remedy: "Write it like the others, or leave the cell out.",
    });
  return Object.fromEntries(Object.entries(parsed.data).map(([name, value]) => [name, String(value)]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
