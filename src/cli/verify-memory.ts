import type { MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import { verifyWhole } from "../lib/adapters/folder/verify-whole.ts";
import type { VerifyReport } from "../lib/memory/memory.ts";
import { interruptSignal } from "./interrupt.ts";
import type { Ui } from "./ui.ts";
import { workOn } from "./work-on.ts";

/** Looks whether a memory is whole: quickly, or at every row. */
export async function verifyWithProgress(
  folder: MemoryFolder,
  full: boolean,
  ui: Ui,
): Promise<VerifyReport & { readonly how: "quick" | "full" }> {
  const work = workOn(ui, interruptSignal());
  const report = await verifyWhole(folder, full, work);
  work.end();
  return { ...report, how: full ? "full" : "quick" };
}
