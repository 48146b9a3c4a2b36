import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
}

/** An empty folder of its own; whoever asks for it removes it. */
export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), "rhyme-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
