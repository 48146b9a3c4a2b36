/** What an edit does to a file, as `diff -u` says it; null is a file that is not there. Empty where nothing changes. */
export function lineDiff(path: string, before: string | null, after: string): string {
  if (before === after) return "";
  const [old, made] = [linesOf(before ?? ""), linesOf(after)];
  const marks = marksOf(old, made);
  const shown = new Set(
    marks.flatMap(({ sign }, i) => (sign === " " ? [] : range(i - CONTEXT, i + CONTEXT))),
  );
  const lines: string[] = [];
  let [number, isOpen] = [1, false];
  marks.forEach(({ sign, line }, i) => {
    if (shown.has(i)) {
      if (!isOpen) lines.push(`@@ line ${number} @@`);
      lines.push(`${sign}${line}`);
    }
    isOpen = shown.has(i);
    if (sign !== "-") number++;
  });
  return [`--- ${before === null ? "(new file)" : path}`, `+++ ${path}`, ...lines, ""].join("\n");
}

const CONTEXT = 2;

interface Mark {
  readonly sign: " " | "+" | "-";
  readonly line: string;
}

/** The longest common lines stay; the usual table of lengths, from the end. */
function marksOf(old: readonly string[], made: readonly string[]): Mark[] {
  const width = made.length + 1;
  const longest = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = made.length - 1; j >= 0; j--)
      longest[i * width + j] =
        old[i] === made[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
  const marks: Mark[] = [];
  for (let i = 0, j = 0; i < old.length || j < made.length;) {
    if (i < old.length && j < made.length && old[i] === made[j]) {
      marks.push({ sign: " ", line: old[i]! });
      i++;
      j++;
    } else if (
      i < old.length &&
      (j === made.length || longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)
    )
      marks.push({ sign: "-", line: old[i++]! });
    else marks.push({ sign: "+", line: made[j++]! });
  }
  return marks;
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
