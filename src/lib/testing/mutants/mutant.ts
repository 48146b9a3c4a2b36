/** One line of the library that is changed while it is loaded, never on disk. */
export interface Mutant {
  readonly name: string;
  /** What the change does, in words: `the bar that is still forming is given out as closed`. */
  readonly what: string;
  /** Path below src/lib. */
  readonly file: string;
  /** The line, or as much of it as makes it the only one. */
  readonly line: string;
  /** What stands there instead. */
  readonly becomes: string;
}

/**
 * The text of a mutant's file with its one line changed.
 * @throws Error naming the mutant where that line is not there exactly once: the code has moved on, so the mutant must
 */
export function mutated({ name, file, line, becomes }: Mutant, text: string): string {
  const parts = text.split(line);
  if (parts.length !== 2)
    throw new Error(`mutant ${name}: ${file} has ${parts.length - 1} times \`${line}\`, not once`);
  return parts.join(becomes);
}
