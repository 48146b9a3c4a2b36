import { z } from "zod";
import { RhymeError } from "../errors.ts";
import { canonicalJson, sha256Hex } from "../math/hash.ts";

export const ENCODER_FORMAT = "rhyme.encoder/1";
export const MANIFEST = "encoder.json";

/** One file of an artefact folder. */
export interface ArtefactFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What travels beside the weights: all that says what an encoder is, where it came from and when it was known. */
const manifestSchema = z.strictObject({
  format: z.literal(ENCODER_FORMAT),
  kind: z.string(),
  version: z.string().regex(/^[0-9A-Za-z_]{1,64}$/),
  dim: z.int().positive(),
  knownAt: z.number(),
  seed: z.int(),
  dataHash: z.string(),
  design: z.strictObject({
    timeframes: z.array(z.string()).min(1),
    dilations: z.array(z.int()),
    cross: z.array(z.enum(["down", "up"])),
    crossPairs: z.enum(["adjacent", "all"]),
    weights: z.enum(["none", "volume", "timeDistance"]),
    windows: z.record(z.string(), z.int()),
  }),
  features: z.strictObject({ set: z.string(), hash: z.string(), names: z.array(z.string()).min(1) }),
  scaler: z.record(
    z.string(),
    z.strictObject({ mean: z.array(z.number()), sd: z.array(z.number().positive()) }),
  ),
  receptiveField: z.record(z.string(), z.int()),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  scores: z.record(z.string(), z.number()),
  /** SHA-256 per file; that of this file is over its own canonical JSON without this field. */
  sha256: z.record(z.string(), z.string()),
});

export type Manifest = Omit<z.infer<typeof manifestSchema>, "sha256">;

/** The manifest as a file, sealed together with the other files. */
export function sealArtefact(manifest: Manifest, files: readonly ArtefactFile[]): ArtefactFile[] {
  const sha256 = {
    [MANIFEST]: sha256Hex(new TextEncoder().encode(canonicalJson(manifest))),
    ...Object.fromEntries(files.map((file) => [file.name, sha256Hex(file.bytes)])),
  };
  const text = `${JSON.stringify({ ...manifest, sha256 }, null, 1)}\n`;
  return [{ name: MANIFEST, bytes: new TextEncoder().encode(text) }, ...files];
}

/**
 * Reads the manifest and checks the hash of every file.
 * @throws RhymeError "input" naming the file, for another format, a missing or changed file, or a wrong field.
 */
export function openArtefact(files: ReadonlyMap<string, Uint8Array>, place: string): Manifest {
  const bytes = files.get(MANIFEST);
  if (!bytes) throw damaged(`${place}/${MANIFEST}`, "the manifest of an encoder", "no such file");
  const { sha256, ...manifest } = parseManifest(bytes, `${place}/${MANIFEST}`);
  const own = sha256Hex(new TextEncoder().encode(canonicalJson(manifest)));
  if (sha256[MANIFEST] !== own)
    throw damaged(`${place}/${MANIFEST}`, `content of hash ${sha256[MANIFEST]}`, own);
  for (const [name, hash] of Object.entries(sha256)) {
    if (name === MANIFEST) continue;
    const file = files.get(name);
    if (!file) throw damaged(`${place}/${name}`, "a file that the manifest lists", "no such file");
    const received = sha256Hex(file);
    if (received !== hash) throw damaged(`${place}/${name}`, `content of hash ${hash}`, received);
  }
  return manifest;
}

function parseManifest(bytes: Uint8Array, place: string): z.infer<typeof manifestSchema> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw damaged(place, "a JSON document", "something else");
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (format !== ENCODER_FORMAT)
    throw damaged(place, `format ${ENCODER_FORMAT}`, JSON.stringify(format) ?? "none");
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw damaged(`${place}, ${issue.path.join(".") || "top"}`, "the fields of the format", issue.message);
}

/** The error of every artefact that may not be loaded. */
export function damaged(place: string, expected: string, received: string): RhymeError {
  return new RhymeError("input", {
    place,
    expected,
    received,
    remedy: "The artefact is damaged or was made by another version: copy it again, or fit the encoder anew.",
  });
}
