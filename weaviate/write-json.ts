// Writes the collections as JSON beside this file, for people and other tools: node weaviate/write-json.ts
import { writeFileSync } from "node:fs";
import { format } from "prettier";
import type { Collection } from "./collection.ts";
import { commonCollections, tradingPattern } from "./schema.ts";

/** Which encoder version and horizons the example of a collection of patterns is for. */
const EXAMPLE = tradingPattern("encoderVersion", ["1h", "4h", "1d"]);

/** File name → the collection that it shows. */
export function jsonFiles(): ReadonlyMap<string, Collection> {
  return new Map([EXAMPLE, ...commonCollections()].map((one) => [`${one.class}.json`, one]));
}

if (import.meta.main)
  for (const [file, one] of jsonFiles()) {
    const text = await format(JSON.stringify(one), { parser: "json", printWidth: 110 });
    writeFileSync(new URL(file, import.meta.url), text);
  }
