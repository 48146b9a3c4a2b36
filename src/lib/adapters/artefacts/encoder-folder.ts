import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { MANIFEST, type ArtefactFile } from "../../encoder/artefact.ts";
import type { Encoder } from "../../encoder/encoder.ts";
import { encodeArtefact, loadEncoder } from "../../encoder/load-encoder.ts";
import { RhymeError } from "../../errors.ts";

const WEIGHTS = "weights.safetensors";
const MOST_BYTES = 100_000_000;

/**
 * Writes an artefact folder, whole or not at all: into a temporary folder beside it, which is then renamed. An
 * existing folder is replaced only if it holds an encoder.
 * @param beside files that say more about it, and are no part of it
 */
export async function writeEncoderFolder(
  folder: string,
  encoder: Encoder,
  beside: readonly ArtefactFile[] = [],
): Promise<void> {
  const files = [...encodeArtefact(encoder), ...beside];
  await mkdir(path.dirname(path.resolve(folder)), { recursive: true });
  const temporary = await mkdtemp(`${path.resolve(folder)}.`);
  try {
    for (const { name, bytes } of files) await writeFile(path.join(temporary, name), bytes);
    await chmod(temporary, 0o755); // mkdtemp makes folders that others may not read
    await makeWay(folder);
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** @throws RhymeError naming the folder or file, for anything but a whole artefact. */
export async function readEncoderFolder(folder: string): Promise<Encoder> {
  const files = new Map<string, Uint8Array>();
  for (const name of [MANIFEST, WEIGHTS]) {
    const file = path.join(folder, name);
    try {
      if ((await stat(file)).size > MOST_BYTES) throw Object.assign(new Error(), { code: "EFBIG" });
      files.set(name, await readFile(file));
    } catch (error) {
      throw unreadable(file, error);
    }
  }
  return loadEncoder(files, folder);
}

async function makeWay(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (!found) return;
  if (!found.isDirectory() || !(await stat(path.join(folder, MANIFEST)).catch(() => null)))
    throw new RhymeError("store", {
      place: folder,
      expected: "no such path, or the folder of an encoder to replace",
      received: found.isDirectory() ? `a folder without ${MANIFEST}` : "a file",
      remedy: "Choose another path.",
    });
  await rm(folder, { recursive: true });
}

function unreadable(file: string, error: unknown): RhymeError {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return new RhymeError("input", {
    place: file,
    expected: "a readable file of an encoder's folder",
    received: code === "ENOENT" ? "no such file" : code === "EFBIG" ? `more than ${MOST_BYTES} bytes` : code,
    remedy: "Name a folder that holds encoder.json and weights.safetensors.",
  });
}
