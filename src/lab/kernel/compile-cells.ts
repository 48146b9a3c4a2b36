import { emitCell } from "./emit-cell.ts";
import { namesIn } from "./names-in.ts";
import { refuseExports, refuseReserved } from "./refuse-exports.ts";
import type { CompileReply, Completion, Diagnostic, Hover } from "./threads.ts";
import { loadTslab, type Tslab, type TslabConverter, type TslabDiagnostic } from "./tslab.ts";

/** Checks, translates and completes cells, each in the light of the cells that ran before. */
export interface CellCompiler {
  compile(code: string): CompileReply;
  /** What the last compiled cell declared holds from now on; all of it, or only these names. */
  commit(names: readonly string[] | null): void;
  complete(code: string, cursor: number): Completion;
  inspect(code: string, cursor: number): Hover | null;
  isComplete(code: string): { readonly complete: boolean; readonly indent: string };
}

// tslab puts one line before the cell.
const PREFIX_LINES = 1;
const UNRESOLVED = new Set([2307, 2792, 7016]);

export function cellCompiler(root: string): CellCompiler {
  const tslab = loadTslab(root);
  const { ts } = tslab;
  let converter = tslab.createConverter();
  let declarations = "";
  const known = new Set<string>();
  const notRun = new Set<string>();
  let pending = { declarations: "", declares: [] as readonly string[] };
  let isStale = false;
  /** A file that was not there leaves a cached failure behind, which only a new converter forgets. */
  const fresh = (): TslabConverter => {
    if (isStale) {
      converter.close();
      converter = tslab.createConverter();
      isStale = false;
    }
    tslab.noticeEdits();
    return converter;
  };
  return {
    compile: (code) => {
      const refused = [...refuseExports(ts, code), ...refuseReserved(ts, code)];
      if (refused.length > 0) return { ok: false, diagnostics: refused };
      const found = fresh().convert(declarations, code);
      isStale = found.diagnostics.some(({ code: number }) => UNRESOLVED.has(number));
      if (found.diagnostics.length > 0) {
        namesIn(ts, code).forEach((name) => notRun.add(name));
        return {
          ok: false,
          diagnostics: merge(found.diagnostics).map((one) => withReason(one, notRun, known)),
        };
      }
      const { body, imports, declares, maps } = emitCell(ts, found.output ?? "", known);
      const lastExpression = found.lastExpressionVar ?? null;
      pending = {
        declarations: found.declOutput ?? "",
        declares: declares.filter((name) => name !== lastExpression),
      };
      const isAsync = found.hasToplevelAwait ?? false;
      const cell = { body, isAsync, imports, declares: pending.declares, lastExpression };
      return { ok: true, cell: { ...cell, maps: [...maps, tslab.lastMap()], prefixLines: PREFIX_LINES } };
    },
    commit: (names) => {
      const whole = names === null || pending.declares.every((name) => names.includes(name));
      if (!whole) return;
      declarations = pending.declarations;
      for (const name of pending.declares) known.add(name);
    },
    complete: (code, cursor) => {
      const { start, end, candidates, original } = fresh().complete(declarations, code, cursor);
      const kinds = new Map(original?.entries?.map(({ name, kind }) => [name, kind]));
      const matches = candidates.map((text) => ({ text, kind: kinds.get(text) ?? "" }));
      return { start, end, matches };
    },
    inspect: (code, cursor) => hoverAt(tslab, fresh(), { declarations, code, cursor }),
    isComplete: (code) => {
      const { completed, indent = "" } = tslab.isCompleteCode(code);
      return { complete: completed, indent };
    },
  };
}

const UNKNOWN_NAME = /^Cannot find name '([^']+)'/;

/** A name that is missing because its cell was refused: that cell is where to look. */
function withReason(found: Diagnostic, notRun: ReadonlySet<string>, known: ReadonlySet<string>): Diagnostic {
  const name = UNKNOWN_NAME.exec(found.message)?.[1];
  if (name === undefined || !notRun.has(name) || known.has(name)) return found;
  return {
    ...found,
    message: `${found.message} The cell that declares it was not run because of its own mistakes.`,
  };
}

/** tslab lists a message and its reasons one by one, all at the same place. */
function merge(found: readonly TslabDiagnostic[]): Diagnostic[] {
  const merged: { -readonly [K in keyof Diagnostic]: Diagnostic[K] }[] = [];
  let at = -1;
  for (const { start, end, messageText, code } of found) {
    const last = merged.at(-1);
    if (last && at === start.offset) {
      last.message += `\n  ${messageText}`;
      continue;
    }
    at = start.offset;
    const length = Math.max(1, end.offset - start.offset);
    merged.push({ code, line: start.line + 1, column: start.character + 1, length, message: messageText });
  }
  return merged;
}

interface Place {
  readonly declarations: string;
  readonly code: string;
  readonly cursor: number;
}

/** What stands under the cursor, or just left of it: `f(|` asks about f. */
function hoverAt(
  { ts }: Tslab,
  converter: TslabConverter,
  { declarations, code, cursor }: Place,
): Hover | null {
  const text = (parts: Parameters<typeof ts.displayPartsToString>[0]): string =>
    ts.displayPartsToString(parts);
  for (const position of [cursor, cursor - 1, cursor - 2]) {
    if (position < 0) continue;
    const info = converter.inspect(declarations, code, position);
    if (!info?.displayParts) continue;
    const tags = (info.tags ?? []).map((tag) => `@${tag.name} ${text(tag.text)}`);
    return {
      signature: info.displayParts.map((part) => part.text).join(""),
      documentation: [text(info.documentation), ...tags].filter((part) => part !== "").join("\n\n"),
    };
  }
  return null;
}
