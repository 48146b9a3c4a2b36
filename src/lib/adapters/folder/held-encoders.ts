import type { Encoder } from "../../encoder/encoder.ts";
import { encodeArtefact, loadEncoder } from "../../encoder/load-encoder.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";

/** Every encoder that a memory keeps; first the one that a tenant reads, so that what is new is read with the rest. */
export function heldEncoders(folder: MemoryFolder, tenant: string): readonly Encoder[] {
  const reads = folder.channels.get(tenant, "default")?.encoder;
  const versions = folder.encoders.list().map(({ version }) => version);
  const first = versions.filter((version) => version === reads);
  return [...first, ...versions.filter((version) => version !== reads)].map((version) =>
    heldEncoder(folder, version),
  );
}

/** The encoder of this version as the memory keeps it. */
export function heldEncoder(folder: MemoryFolder, version: string): Encoder {
  return loadEncoder(new Map(Object.entries(folder.encoders.load(version))), `encoder ${version}`);
}

/** Keeps an encoder in the memory; what is there already stays. False where it was. */
export function keepEncoder(folder: MemoryFolder, encoder: Encoder): boolean {
  const { version, kind, dim, featureSet, featureSetHash: hash, knownAt, design } = encoder;
  return folder.encoders.save(
    { version, kind, dim, featureSet, featureSetHash: hash, knownAt, timeframes: design.timeframes },
    Object.fromEntries(encodeArtefact(encoder).map(({ name, bytes }) => [name, bytes])),
  );
}
