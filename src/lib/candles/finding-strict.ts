import { RhymeError } from "../errors.ts";
import { FINDING_KINDS, isStandingError, type Finding } from "./finding.ts";
import { REPAIRABLE_KINDS } from "./repairs.ts";

const SHOWN = 3;

/**
 * `--strict`: refuses data that contradicts itself, naming the first places. What was repaired by a rule that was
 * asked for passes; warnings pass.
 * @throws RhymeError "input"
 */
export function refuseErrors(findings: readonly Finding[]): void {
  const errors = findings.filter(isStandingError);
  const [first] = errors;
  if (!first) return;
  const kinds = [...new Set(errors.map(({ kind }) => kind))];
  const repairable = REPAIRABLE_KINDS.filter((kind) =>
    errors.some((error) => error.kind === kind && error.done === "dropped"),
  );
  const places = errors
    .slice(0, SHOWN)
    .map((error) => `${error.kind} at ${placeOf(error, first.file)} (${error.value})`);
  const rest = errors.length > SHOWN ? ` and ${(errors.length - SHOWN).toLocaleString("en-US")} more` : "";
  const repair =
    repairable.length > 0 ? `, repair them with ${repairable.map((k) => `--repair ${k}`).join(" ")}` : "";
  throw new RhymeError("input", {
    place: placeOf(first),
    expected: `no ${kinds.map((kind) => FINDING_KINDS[kind].says.replace(/^an? /, "")).join(", no ")}`,
    received: `${counted(errors.length)}: ${places.join("; ")}${rest}`,
    remedy: `Correct the file${repair}, or leave --strict out: such rows are reported (./rhyme check shows all)`,
  });
}

/** File and line; the line alone in the file that was named already. */
function placeOf({ file, line }: Finding, named?: string): string {
  if (line === null) return file;
  return file === named ? `line ${line}` : `${file}:${line}`;
}

function counted(errors: number): string {
  return errors === 1 ? "1 error" : `${errors.toLocaleString("en-US")} errors`;
}
