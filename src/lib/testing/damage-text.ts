import type { Rng } from "../math/rng.ts";

/** One way in which a text file gets damaged. */
export type Damage = (lines: string[], separator: string, rng: Rng) => void;

const anyLine = (lines: readonly string[], rng: Rng): number => rng.int(lines.length);

/** What happens to files: a byte or a whole line at a time. Lines are changed in place. */
export const DAMAGES: Readonly<Record<string, Damage>> = {
  "a byte is another": (lines, _, rng) => {
    const i = anyLine(lines, rng);
    const at = rng.int(lines[i]!.length + 1);
    const byte = String.fromCharCode(rng.int(128));
    lines[i] = lines[i]!.slice(0, at) + byte + lines[i]!.slice(at + 1);
  },
  "a digit is another": (lines, _, rng) => {
    const i = anyLine(lines, rng);
    const digits = [...lines[i]!.matchAll(/\d/g)].map((match) => match.index);
    if (digits.length === 0) return;
    const at = digits[rng.int(digits.length)]!;
    lines[i] = lines[i]!.slice(0, at) + rng.int(10) + lines[i]!.slice(at + 1);
  },
  "a character is lost": (lines, _, rng) => {
    const i = anyLine(lines, rng);
    const at = rng.int(lines[i]!.length + 1);
    lines[i] = lines[i]!.slice(0, at) + lines[i]!.slice(at + 1);
  },
  "something is put in": (lines, separator, rng) => {
    const i = anyLine(lines, rng);
    const at = rng.int(lines[i]!.length + 1);
    const extra = ['"', separator, "\0", "\r", "\n", " ", "-", ".", ",", "é", "NaN", '"\n'][rng.int(12)]!;
    lines[i] = lines[i]!.slice(0, at) + extra + lines[i]!.slice(at);
  },
  "a line is cut": (lines, _, rng) => {
    const i = anyLine(lines, rng);
    lines[i] = lines[i]!.slice(0, rng.int(lines[i]!.length + 1));
  },
  "a line is lost": (lines, _, rng) => void lines.splice(anyLine(lines, rng), 1),
  "a line is there twice": (lines, _, rng) => {
    lines.splice(anyLine(lines, rng), 0, lines[anyLine(lines, rng)]!);
  },
  "two lines are swapped": (lines, _, rng) => {
    const [i, j] = [anyLine(lines, rng), anyLine(lines, rng)];
    [lines[i], lines[j]] = [lines[j]!, lines[i]!];
  },
  "two lines are one": (lines, _, rng) => {
    const i = anyLine(lines, rng);
    lines.splice(i, 2, lines.slice(i, i + 2).join(""));
  },
  "two fields are swapped": (lines, separator, rng) => {
    const i = anyLine(lines, rng);
    const fields = lines[i]!.split(separator);
    const [a, b] = [rng.int(fields.length), rng.int(fields.length)];
    [fields[a], fields[b]] = [fields[b]!, fields[a]!];
    lines[i] = fields.join(separator);
  },
  "a field is empty": (lines, separator, rng) => {
    const i = anyLine(lines, rng);
    const fields = lines[i]!.split(separator);
    fields[rng.int(fields.length)] = "";
    lines[i] = fields.join(separator);
  },
  "the end is missing": (lines, _, rng) => {
    const text = lines.join("\n");
    lines.splice(0, lines.length, ...text.slice(0, rng.int(text.length)).split("\n"));
  },
};
