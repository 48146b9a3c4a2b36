import { z } from "zod";
import { RhymeError } from "../../lib/errors.ts";
import type { Output } from "../kernel-client.ts";

// The part of nbformat 4.5 that is used: https://nbformat.readthedocs.io/en/latest/format_description.html

export interface Cell {
  readonly kind: "code" | "markdown" | "raw";
  readonly source: string;
  readonly tags: readonly string[];
}

/** A notebook without what a run adds to it: outputs, counts and the frontend's own remarks. */
export interface Notebook {
  readonly cells: readonly Cell[];
}

/** Marks the cell whose values `--param` may set. */
export const PARAMETERS = "parameters";

export const KERNEL_NAME = "rhyme";
export const KERNEL_SPEC = {
  display_name: "TypeScript (Rhyme)",
  language: "typescript",
  name: KERNEL_NAME,
} as const;

const text = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => (Array.isArray(given) ? given.join("") : given));
const fileSchema = z.object({
  nbformat: z.literal(4),
  metadata: z
    .object({ rhyme: z.object({ paired: z.string() }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  cells: z.array(
    z.object({
      cell_type: z.enum(["code", "markdown", "raw"]),
      source: text,
      metadata: z
        .object({ tags: z.array(z.string()).optional() })
        .loose()
        .default({}),
      outputs: z.array(z.unknown()).optional(),
      execution_count: z.number().nullish(),
    }),
  ),
});

export interface ParsedNotebook extends Notebook {
  /** Numbers (from 1) of the cells that carry outputs or counts of a run. */
  readonly executed: readonly number[];
  /** Of the cells when they were paired last; null where that is not known. */
  readonly paired: string | null;
}

/** @throws RhymeError "input" for what is no notebook of format 4 */
export function parseNotebook(content: string, place: string): ParsedNotebook {
  const parsed = fileSchema.safeParse(parseJson(content, place));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new RhymeError("input", {
      place,
      expected: "a Jupyter notebook of format 4",
      received: `${issue.path.join(".") || "the file"}: ${issue.message}`,
      remedy: "Open and save it in JupyterLab, or make it from its .ts twin with ./rhyme notebook pair.",
    });
  }
  const { cells, metadata } = parsed.data;
  return {
    paired: metadata?.rhyme?.paired ?? null,
    cells: cells.map(({ cell_type: kind, source, metadata }) => ({
      kind,
      source,
      tags: metadata.tags ?? [],
    })),
    executed: cells.flatMap(({ outputs = [], execution_count: count }, i) =>
      outputs.length > 0 || (count !== null && count !== undefined) ? [i + 1] : [],
    ),
  };
}

function parseJson(content: string, place: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new RhymeError("input", {
      place,
      expected: "a Jupyter notebook of format 4",
      received: `not JSON, line ${lineOf(content, error)}`,
      remedy:
        "Is it cut short? Take it from git again, or make it from its .ts twin with ./rhyme notebook pair.",
    });
  }
}

/** Where the parser stopped: at the end, unless it says a place. */
function lineOf(content: string, error: unknown): number {
  const at = /at position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
  return content.slice(0, at === undefined ? content.length : Number(at)).split("\n").length;
}

/** What a run adds to one cell. */
export interface CellRun {
  readonly outputs: readonly Output[];
  readonly count: number | null;
}

/**
 * The file's text, laid out as Jupyter lays it out; without runs it carries no outputs. A cell's id is its number, so
 * equal cells give equal text. `paired` says what the cells are when both files of the pair are written.
 */
export function notebookText(
  { cells }: Notebook,
  runs: readonly CellRun[] = [],
  paired: string | null = null,
): string {
  const digits = Math.max(2, String(cells.length).length);
  const made = cells.map(({ kind, source, tags }, i) => {
    const id = `cell-${String(i + 1).padStart(digits, "0")}`;
    const metadata = tags.length > 0 ? { tags } : {};
    const common = { id, metadata, source: linesOf(source) };
    if (kind !== "code") return { cell_type: kind, ...common };
    const { outputs = [], count = null } = runs[i] ?? {};
    return { cell_type: kind, execution_count: count, id, metadata, outputs, source: linesOf(source) };
  });
  const metadata = {
    kernelspec: KERNEL_SPEC,
    language_info: { file_extension: ".ts", mimetype: "application/typescript", name: "typescript" },
    ...(paired === null ? {} : { rhyme: { paired } }),
  };
  return `${JSON.stringify({ cells: made, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

/** Every line keeps its break, as nbformat wants it. */
function linesOf(source: string): string[] {
  return source === "" ? [] : source.split(/(?<=\n)/);
}
