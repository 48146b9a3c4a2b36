import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Encoder } from "../../encoder/encoder.ts";
import { readEncoderFolder } from "./encoder-folder.ts";

/** From src/lib/adapters/artefacts and from dist/lib/adapters/artefacts alike. */
const FOLDER = fileURLToPath(new URL("../../../../artefacts/", import.meta.url));

/** The encoders that come with the project, by the name of their folder. */
export async function shippedEncoders(): Promise<readonly Encoder[]> {
  const names = (await readdir(FOLDER, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return Promise.all(names.map(({ name }) => readEncoderFolder(path.join(FOLDER, name))));
}
