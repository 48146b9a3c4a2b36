// Runs, on real candles, every command of docs/real-runs.json and writes what they printed to docs/real-runs.md.
//   RHYME_DATA=… node scripts/real-runs.ts [NAME…]      all runs, or those named; the others keep their text
// Memories and pages go to a folder of their own under the system's temporary one, which is said at the end.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

interface Run {
  readonly name: string;
  readonly title: string;
  readonly says: string;
  readonly commands: readonly string[];
  /** What the figures mean; written by hand after reading them. */
  readonly reading: string;
}

/** Lines that say how far work has come: their number depends on the machine. */
const PROGRESS =
  /^(reading|remembering|fitting|asking the past|replaying|fold|scoring|embedding)\b.*(%|left|of \d+|features|embeddings|followed|forecast|patterns).*\n/gm;

const root = path.resolve(import.meta.dirname, "..");
const target = path.join(root, "docs", "real-runs.md");
const { intro, runs } = JSON.parse(readFileSync(path.join(root, "docs", "real-runs.json"), "utf8")) as {
  intro: string;
  runs: readonly Run[];
};
const data = process.env["RHYME_DATA"];
if (!data) throw new Error("RHYME_DATA is not set: the folder of real candles");
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !runs.some((run) => run.name === name));
if (unknown !== undefined)
  throw new Error(`no run ${unknown}; there are ${runs.map(({ name }) => name).join(", ")}`);

const folder = process.env["RHYME_RUNS"] ?? mkdtempSync(path.join(tmpdir(), "rhyme-runs-"));
mkdirSync(folder, { recursive: true });
if (!existsSync(path.join(folder, "data"))) symlinkSync(path.resolve(data), path.join(folder, "data"));

const earlier = existsSync(target) ? readFileSync(target, "utf8") : "";
const parts = runs.map((run) =>
  wanted.length === 0 || wanted.includes(run.name) ? made(run) : (partOf(run.name) ?? head(run)),
);
writeFileSync(target, `# From file to trust page, on real candles\n\n${intro}\n\n${parts.join("\n")}`);
process.stderr.write(`${target}\nmemories and pages: ${folder}\n`);

/** The text of a run as it stands in the document. */
function partOf(name: string): string | null {
  const [from, to] = [`<!-- run ${name} -->`, `<!-- end ${name} -->`];
  const [begin, end] = [earlier.indexOf(from), earlier.indexOf(to)];
  return begin < 0 || end < 0 ? null : `${earlier.slice(begin, end)}${to}\n`;
}

function head({ name, title, says }: Run): string {
  return `<!-- run ${name} -->\n\n## ${title}\n\n${says}\n\n<!-- end ${name} -->\n`;
}

function made(run: Run): string {
  const shown = run.commands.map((command) => {
    process.stderr.write(`${run.name}: ${command}\n`);
    const start = performance.now();
    const { stdout, stderr, status } = spawnSync(
      "bash",
      ["-c", command.replace(/^\.\/rhyme/, path.join(root, "rhyme"))],
      {
        cwd: folder,
        encoding: "utf8",
        maxBuffer: 2 ** 28,
        env: { ...process.env, NO_COLOR: "1" },
      },
    );
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const said = `${stderr}${stdout}`.replaceAll(`${folder}/`, "").replace(PROGRESS, "").trimEnd();
    if (status !== 0) process.stderr.write(`${said}\nexit ${status}\n`);
    return `\`\`\`console\n$ ${command}\n${said}\n\`\`\`\n\nExit ${status}, ${seconds} s.\n`;
  });
  const { name, title, says, reading } = run;
  return [`<!-- run ${name} -->`, `## ${title}`, says, ...shown, reading, `<!-- end ${name} -->`, ""].join(
    "\n\n",
  );
}
