/** Of one text that is shown beside what a cell prints: a value, a message, a stack. */
const MOST = 100_000; // characters

/** The text, or its beginning and a line that says so. */
export function cutText(text: string): string {
  if (text.length <= MOST) return text;
  return `${text.slice(0, MOST)}\n[cut here: ${text.length.toLocaleString("en-GB")} characters. Show a part, or write it to a file.]`;
}

/** The same of lines together. */
export function cutLines(lines: readonly string[]): readonly string[] {
  const whole = lines.join("\n");
  return whole.length <= MOST ? lines : cutText(whole).split("\n");
}
