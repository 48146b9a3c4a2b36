import type { MimeBundle, Outcome } from "./threads.ts";

// Cells below both are not worth a line.
const [LONG, LARGE] = [2000, 100e6]; // ms, bytes

/** One quiet line below a cell that took long or a lot of memory; null for all others. */
export function costLine({
  milliseconds,
  heapGrowth,
  heap,
  resident,
}: Omit<Outcome, "error">): MimeBundle | null {
  if (milliseconds < LONG && heapGrowth < LARGE) return null;
  const text = [
    spell(milliseconds / 1000),
    `${heapGrowth < 0 ? "−" : "+"}${megabytes(Math.abs(heapGrowth))}`,
    `${megabytes(heap)} held, ${megabytes(resident)} of the whole kernel`,
  ].join(" · ");
  const style = "font-size:11px;opacity:.6;font-variant-numeric:tabular-nums";
  return { "text/html": `<div style="${style}">${text}</div>`, "text/plain": text };
}

function spell(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString("en-GB")} MB`;
}
