import { damaged, MANIFEST, openArtefact, type ArtefactFile } from "./artefact.ts";
import type { Encoder } from "./encoder.ts";
import type { EncoderFamily } from "./family.ts";
import { gnnFamily } from "./gnn/gnn-family.ts";
import { LAYER_KINDS } from "./gnn/gnn-model.ts";

/** Every kind of encoder that can be fitted and loaded. */
export const ENCODER_FAMILIES: readonly EncoderFamily[] = LAYER_KINDS.map(gnnFamily);

/**
 * An encoder from the files of its artefact folder; `place` is what errors call the folder.
 * @throws RhymeError for another format or kind, a missing or changed file, wrong shapes, other features.
 */
export function loadEncoder(files: ReadonlyMap<string, Uint8Array>, place = "encoder"): Encoder {
  return familyOf(openArtefact(files, place).kind, `${place}/${MANIFEST}`).load(files, place);
}

/** The files of an encoder's artefact folder: `encoder.json` and `weights.safetensors`. */
export function encodeArtefact(encoder: Encoder): ArtefactFile[] {
  return familyOf(encoder.kind, `encoder ${encoder.version}`).save(encoder);
}

function familyOf(kind: string, place: string): EncoderFamily {
  const family = ENCODER_FAMILIES.find((candidate) => candidate.kind === kind);
  if (family) return family;
  throw damaged(place, `a kind of ${ENCODER_FAMILIES.map((f) => f.kind).join(", ")}`, kind);
}
