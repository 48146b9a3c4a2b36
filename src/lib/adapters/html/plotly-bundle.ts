import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

let bundle: string | null = null;

/** The charting library as base64 of gzip (2 MB instead of 4.8), for a page that must work offline. */
export function plotlyBundle(): string {
  bundle ??= gzipSync(
    readFileSync(createRequire(import.meta.url).resolve("plotly.js-dist-min/plotly.min.js")),
    {
      level: 9,
    },
  ).toString("base64");
  return bundle;
}
