/** The text with one more import, where its file name belongs among those beside it. */
export function withImport(text: string, line: string): string {
  const lines = text.split("\n");
  if (lines.includes(line)) return text;
  const isImport = (one: string): boolean => one.startsWith("import ");
  const from = (one: string): string => /from "(.*)"/.exec(one)?.[1] ?? "";
  const later = lines.findIndex(
    (one) => isImport(one) && from(one).startsWith("./") && from(one) > from(line),
  );
  const at = later >= 0 ? later : lines.findLastIndex(isImport) + 1;
  return lines.toSpliced(at, 0, line).join("\n");
}

/** The text with one more entry at the end of the list or the record that `name` is. */
export function withEntry(text: string, name: string, entry: string): string {
  const found = new RegExp(`^export const ${name}\\b.*?= [\\[{](.*?)\\n?[\\]}];$`, "ms").exec(text);
  if (!found) throw new Error(`there is no list ${name}`);
  const end = found.index + found[0].length - "];".length;
  if (new RegExp(`^\\s*${entry.replace(/[()[\]{}.*+?^$|\\]/g, "\\$&")}$`, "m").test(found[1]!)) return text;
  return `${text.slice(0, end).trimEnd()}\n  ${entry}\n${text.slice(end)}`;
}

/** The text with one more row at the end of the Markdown table whose first column is called so. */
export function withRow(text: string, column: string, cells: readonly string[]): string {
  const lines = text.split("\n");
  const head = lines.findIndex((line) => new RegExp(`^\\| ${column} +\\|`).test(line));
  if (head < 0) throw new Error(`there is no table of ${column}s`);
  let end = head;
  while (lines[end]?.startsWith("|")) end++;
  const words = cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " "));
  const isThere = lines.slice(head, end).some((line) => line.startsWith(`| ${words[0]} `));
  return isThere ? text : lines.toSpliced(end, 0, `| ${words.join(" | ")} |`).join("\n");
}
