import { Argument, type Command } from "commander";
import { designFiles, PLAIN_DESIGN } from "../../lab/scaffold/design-files.ts";
import { planEdits, writePlan, type Edit } from "../../lab/scaffold/edits.ts";
import { newFeature } from "../../lab/scaffold/feature-files.ts";
import { checkedName, type Scaffold } from "../../lab/scaffold/names.ts";
import { newNotebook } from "../../lab/scaffold/notebook-files.ts";
import { ROOT } from "../test-runner/run-tool.ts";
import { createUi, type Ui } from "../ui.ts";

const KINDS: readonly Scaffold[] = ["design", "feature", "notebook"];

const EXAMPLES = `Examples:
  ./rhyme new feature gap-size --says "how far the open is from the close before"
  ./rhyme new design wide-daily --says "daily bars that reach further back"
  ./rhyme new notebook volume --says "Does volume say anything about the range of tomorrow?"
  ./rhyme new feature gap-size --dry-run          the changes, without making them
`;

const NOTES = `
A feature is a sketch that works; it and its test say so until you write your own. Its entry in every-feature.ts is
where every property and the look-ahead harness find it. A design comes with a test that holds its hash and its entry in
every-design.ts, a notebook as a pair with its row in the README. What is made passes all checks as it stands. Nothing
that is there is overwritten. In a notebook,
promote(feature or design, "name") does the same with what was tried there.`;

interface NewOptions {
  readonly says?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme new design | feature | notebook NAME`: a place to start from, with all that belongs to it. */
export function addNew(program: Command): void {
  program
    .command("new")
    .summary("a graph design, a feature or a notebook to start from")
    .description(
      "Makes a graph design, a feature or a notebook with its test, its entries and its docs; shows the diff.",
    )
    .addArgument(new Argument("<kind>", "what to make").choices(KINDS))
    .argument("<name>", "lower case words with hyphens between them")
    .option("--says <text>", "what it is for, or the question of a notebook")
    .option("--dry-run", "show the changes, make none")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(makeNew);
}

async function makeNew(kind: Scaffold, name: string, options: NewOptions): Promise<void> {
  const ui = createUi(options);
  const plan = await planEdits(ROOT, editsOf(kind, checkedName(kind, name), options.says ?? null));
  if (!options.dryRun) writePlan(ROOT, plan);
  const files = plan.files.map(({ path, before }) => ({ path, made: before === null ? "new" : "changed" }));
  if (options.json)
    ui.json({ schema: "rhyme.new/1", kind, name, written: !options.dryRun, files, diff: plan.diff });
  else if (files.length === 0) ui.out(`${name} is there already, just like this`);
  else ui.out(coloured(plan.diff, ui));
  if (files.length > 0 && !options.dryRun) ui.note(nextStep(kind, files[0]!.path));
}

function editsOf(kind: Scaffold, name: string, says: string | null): readonly Edit[] {
  switch (kind) {
    case "design":
      return designFiles(name, PLAIN_DESIGN, says ?? "The usual design, to be changed.");
    case "feature":
      return newFeature(name, says);
    case "notebook":
      return newNotebook(ROOT, name, says);
  }
}

function coloured(diff: string, ui: Ui): string {
  const paint = (line: string): string =>
    /^(---|\+\+\+|@@)/.test(line)
      ? ui.dim(line)
      : line.startsWith("+")
        ? ui.green(line)
        : line.startsWith("-")
          ? ui.red(line)
          : line;
  return diff.split("\n").map(paint).join("\n");
}

function nextStep(kind: Scaffold, path: string): string {
  switch (kind) {
    case "design":
      return `next: change ${path}, then put its new hash into the test beside it; ./rhyme test graph/designs`;
    case "feature":
      return `next: ${path} is a sketch: write the body, its docstring, its row in README.md and what the test beside it expects; ./rhyme test features/ look-ahead/registry`;
    case "notebook":
      return `next: ./rhyme lab, or edit ${path.replace(/ipynb$/, "ts")} and run ./rhyme notebook pair on it`;
  }
}
