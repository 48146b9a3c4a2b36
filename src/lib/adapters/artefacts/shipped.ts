import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Encoder } from "../../encoder/encoder.ts";
import { readEncoderFolder } from "./encoder-folder.ts";

/** Seen from src/lib/adapters/artefacts, and from dist/src/lib/adapters/artefacts when built. */
const ROOT = import.meta.url.endsWith(".ts") ? "../../../../" : "../../../../../";
const FOLDER = fileURLToPath(new URL(`${ROOT}artefacts/`, import.meta.url));

/** The encoders that come with the project, by the name of their folder. */
export async function shippedEncoders(): Promise<readonly Encoder[]> {
  const names = (await readdir(FOLDER, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return Promise.all(names.map(({ name }) => readEncoderFolder(path.join(FOLDER, name))));
}
