import { join } from "node:path";
import { RhymeError } from "../../lib/errors.ts";
import { allNotebooks } from "../notebook/all-notebooks.ts";
import { notebookText } from "../notebook/notebook-file.ts";
import { fromPercent, toPercent } from "../notebook/percent.ts";
import { changedFile, newFile, type Edit } from "./edits.ts";
import { withRow } from "./insert.ts";

/** Numbers up to here are given away, some of them to notebooks that are not there yet. */
const RESERVED = 12;

/** A notebook in the form that all have, as a pair; without a number of its own it gets the next free one. */
export function newNotebook(root: string, name: string, question: string | null): readonly Edit[] {
  const stem = numbered(root, name);
  const notebook = fromPercent(twinText(question ?? "What do we want to know?"));
  return [
    newFile(`notebooks/${stem}.ipynb`, notebookText(notebook)),
    newFile(`notebooks/${stem}.ts`, toPercent(notebook)),
    changedFile("notebooks/README.md", (text) =>
      withRow(text, "notebook", [`[${stem}](${stem}.ts)`, question ?? "what do we want to know?"]),
    ),
  ];
}

/** @throws RhymeError "usage" for a number that another notebook has */
function numbered(root: string, name: string): string {
  const numbers = allNotebooks(join(root, "notebooks")).map((stem) => /(\d\d)-([^/]*)$/.exec(stem)!.slice(1));
  const own = /^(\d\d)-(.*)$/.exec(name);
  if (!own) {
    const highest = Math.max(RESERVED, ...numbers.map(([number]) => Number(number)));
    const same = numbers.find(([, rest]) => rest === name);
    return `${same ? same[0]! : String(highest + 1).padStart(2, "0")}-${name}`;
  }
  const other = numbers.find(([number, rest]) => number === own[1] && rest !== own[2]);
  if (!other) return name;
  throw new RhymeError("usage", {
    place: `notebook ${name}`,
    expected: "a number that no other notebook has",
    received: `that of ${other.join("-")}`,
    remedy: "Leave the number out, and it gets the next free one.",
  });
}

function twinText(question: string): string {
  return `// %% [markdown]
// # ${question}
//
// What is looked at, and why it matters.

// %% tags=["parameters"]
const rows = 0; // newest bars to look at; 0: all

// %% [raw] tags=["ci-parameters"]
// { "rows": 500 }

// %% [markdown]
// ## What there is

// %%
import { calendarByName, computeFeature, readCandles, sliceRows, wilderAtr } from "rhyme";
import { conclusion, exampleFile, interruptSignal, plot } from "rhyme/notebook";

const read = await readCandles([exampleFile()], {
  symbol: "SP500",
  calendar: calendarByName("us-equities"),
  now: Date.now(),
  signal: interruptSignal(),
});
const count = read.series.openTime.length;
const series = sliceRows(read.series, rows > 0 ? Math.max(0, count - rows) : 0, count);
plot(series);

// %% [markdown]
// ## What it says

// %%
const atr = computeFeature(wilderAtr(), { [series.timeframe]: series }, series.timeframe)["atr14"]!;
const share = atr.at(-1)! / series.close.at(-1)!;
share;

// %% [markdown]
// ## Answer, evidence, doubts, next

// %%
conclusion({
  answer: \`ATR14 is \${(100 * share).toFixed(2)} % of the newest close.\`,
  evidence: \`\${series.openTime.length} bars, no baseline yet.\`,
  doubts: "One series, one moment.",
  next: "The question itself, beside a baseline; a dated entry in LOG.md.",
});
`;
}
