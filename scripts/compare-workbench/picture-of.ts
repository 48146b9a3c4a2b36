import type { ExecuteResult } from "../../src/lab/kernel-client.ts";

/** The page or image that a cell shows, as HTML. @throws Error where it shows none */
export function pictureOf({ outputs }: ExecuteResult): string {
  for (const output of outputs) {
    if (output.output_type !== "display_data" && output.output_type !== "execute_result") continue;
    const { "text/html": page, "image/png": png } = output.data;
    if (typeof page === "string") return page;
    if (typeof png === "string") return `<img src="data:image/png;base64,${png.replaceAll("\n", "")}" />`;
  }
  throw new Error("the cell draws nothing");
}
