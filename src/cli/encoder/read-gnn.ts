import { readEncoderFolder } from "../../lib/adapters/artefacts/encoder-folder.ts";
import { GnnEncoder } from "../../lib/encoder/gnn/gnn-encoder.ts";
import { RhymeError } from "../../lib/errors.ts";

/** The encoder of an artefact folder. @throws RhymeError where it is none, or not of message passing */
export async function readGnn(folder: string): Promise<GnnEncoder> {
  const encoder = await readEncoderFolder(folder);
  if (encoder instanceof GnnEncoder) return encoder;
  throw new RhymeError("usage", {
    place: folder,
    expected: "an encoder of message passing",
    received: encoder.kind,
    remedy: "Choose another artefact.",
  });
}
