import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RhymeError } from "../../errors.ts";
import { sha256Hex } from "../../math/hash.ts";
import { checkEncoderVersion } from "../../memory/names.ts";
import type { EpochMs } from "../../time/units.ts";
import type { Timeframe } from "../../time/timeframe.ts";
import { changeNamed } from "./named-rows.ts";
import type { Problem } from "./verify-memory.ts";
import type { Cell, Store } from "./store.ts";
import { asStoreError, damagedStore, storeError } from "./store-error.ts";

/** Bytes of an artefact's files by name: `encoder.json`, `weights.safetensors`. */
export type ArtefactFiles = Readonly<Record<string, Uint8Array>>;

/** What is known about a kept encoder without loading it. */
export interface KeptEncoder {
  readonly version: string;
  readonly kind: string;
  readonly dim: number;
  readonly timeframes: readonly Timeframe[];
  readonly featureSet: string;
  readonly featureSetHash: string;
  readonly knownAt: EpochMs;
}

/** The encoders of a memory folder: files under `encoders/<version>/`, registered with the SHA-256 of each. */
export interface EncoderShelf {
  /** Ascending by knownAt, then version. */
  list(): readonly KeptEncoder[];
  /** Keeps an encoder; false where exactly it is kept already. Throws "mismatch" where other files are. */
  save(encoder: KeptEncoder, files: ArtefactFiles): boolean;
  /** Its files, each checked against its hash. Throws RhymeError "store" naming what is missing or differs. */
  load(version: string): ArtefactFiles;
  /** Names every kept file that is missing or differs. */
  verify(): readonly Problem[];
}

const FILE_NAME = /^[0-9A-Za-z_][0-9A-Za-z_.-]{0,63}$/;

type Hashes = Readonly<Record<string, string>>;

export function encoderShelf(store: Store, folder: string): EncoderShelf {
  const at = (version: string): string => join(folder, version);
  return {
    list: () => list(store),
    save: (encoder, files) => save(store, folder, encoder, files),
    load: (version) => {
      checkEncoderVersion(version);
      const hashes = hashesOf(store, version);
      if (!hashes) throw notKept(store, version);
      const files: Record<string, Uint8Array> = {};
      for (const [name, hash] of Object.entries(hashes)) {
        const { bytes, received } = readChecked(join(at(version), name), hash);
        if (received !== hash) throw damaged(join(at(version), name), hash, received);
        files[name] = bytes;
      }
      return files;
    },
    verify: () => verify(store, at),
  };
}

const COLUMNS = "version, kind, dim, timeframes, feature_set, feature_set_hash, known_at, files";

interface Registered {
  readonly encoder: KeptEncoder;
  readonly files: Hashes;
}

/** Rows of the register, each held against its own hash. */
function registered(store: Store, where: string, ...values: string[]): Registered[] {
  return store.rows(`SELECT ${COLUMNS}, hash FROM encoders ${where}`, ...values).map((row) => {
    if (rowHash(row.slice(0, -1)) !== row.at(-1))
      throw damagedStore(store.place, `encoder ${String(row[0])}`);
    const [version, kind, , timeframes, featureSet, featureSetHash, , files] = row as string[];
    const [dim, knownAt] = [row[2], row[6]] as [number, number];
    const encoder = {
      ...{ version: version!, kind: kind!, dim, timeframes: JSON.parse(timeframes!) as Timeframe[] },
      ...{ featureSet: featureSet!, featureSetHash: featureSetHash!, knownAt },
    };
    return { encoder, files: JSON.parse(files!) as Hashes };
  });
}

function rowHash(cells: readonly Cell[]): string {
  return sha256Hex(Buffer.from(JSON.stringify(cells)));
}

function list(store: Store): readonly KeptEncoder[] {
  return registered(store, "ORDER BY known_at, version").map(({ encoder }) => encoder);
}

function hashesOf(store: Store, version: string): Hashes | null {
  return registered(store, "WHERE version = ?", version)[0]?.files ?? null;
}

/** Files first, under a name that says they are not whole yet, then renamed, then registered: a crash leaves no half. */
function save(store: Store, folder: string, encoder: KeptEncoder, files: ArtefactFiles): boolean {
  checkEncoderVersion(encoder.version);
  const names = Object.keys(files).sort();
  const bad = names.find((name) => !FILE_NAME.test(name));
  if (bad !== undefined || names.length === 0)
    throw new TypeError(`an artefact has files with plain names, got ${bad ?? "none"}`);
  const hashes = JSON.stringify(Object.fromEntries(names.map((name) => [name, sha256Hex(files[name]!)])));
  const kept = hashesOf(store, encoder.version);
  if (kept && JSON.stringify(kept) === hashes) return false;
  if (kept)
    throw new RhymeError("mismatch", {
      place: `${store.place}, encoder ${encoder.version}`,
      expected: "the files that are kept under this version",
      received: "other files",
      remedy: "A version is one encoder for ever: give the new one another version.",
    });
  return store.write(() => {
    writeFolder(store, folder, encoder.version, files);
    const { version, kind, dim, timeframes, featureSet, featureSetHash, knownAt } = encoder;
    const row = [version, kind, dim, JSON.stringify(timeframes), featureSet, featureSetHash, knownAt, hashes];
    changeNamed(store, "encoders", "version = ?", [version], () =>
      store.run(
        `INSERT INTO encoders (${COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...row,
        rowHash(row),
      ),
    );
    return true;
  });
}

function writeFolder(store: Store, folder: string, version: string, files: ArtefactFiles): void {
  const unfinished = join(folder, `${version}.unfinished`); // a dot is in no version
  try {
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    for (const [name, bytes] of Object.entries(files))
      writeFileSync(join(unfinished, name), bytes, { flush: true });
    rmSync(join(folder, version), { recursive: true, force: true }); // left by a crash before it was registered
    renameSync(unfinished, join(folder, version));
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    const remedy = "Free some space or check the permissions, then run the same command again.";
    if ((error as { code?: string }).code?.startsWith("E"))
      throw storeError(store.place, "room for the encoder's files", (error as Error).message, remedy);
    throw asStoreError(store.place, error);
  }
}

function readChecked(path: string, hash: string): { bytes: Uint8Array; received: string } {
  try {
    const bytes = readFileSync(path);
    return { bytes, received: sha256Hex(bytes) };
  } catch (error) {
    const { code = "" } = error as { code?: string };
    if (code === "ENOENT") return { bytes: new Uint8Array(), received: "no such file" };
    throw storeError(
      path,
      `a readable file with SHA-256 ${hash}`,
      code,
      "Check the permissions of the folder.",
    );
  }
}

function damaged(path: string, hash: string, received: string): RhymeError {
  const remedy = "Restore the file from a copy; without it nothing new can be asked of its patterns.";
  return storeError(path, `SHA-256 ${hash}`, received, remedy);
}

function notKept(store: Store, version: string): RhymeError {
  const kept = list(store).map((encoder) => encoder.version);
  return storeError(
    store.place,
    "an encoder that it keeps",
    `version ${version}`,
    kept.length > 0 ? `Choose one of ${kept.join(", ")}.` : "It keeps none yet: remember candles first.",
  );
}

function verify(store: Store, at: (version: string) => string): readonly Problem[] {
  const problems: Problem[] = [];
  for (const { encoder, files } of registered(store, "ORDER BY version")) {
    const folder = at(encoder.version);
    for (const [name, expected] of Object.entries(files)) {
      const place = join(folder, name);
      const { received } = readChecked(place, expected);
      if (received !== expected) problems.push({ place, expected, received });
    }
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder))
      if (!(name in files))
        problems.push({ place: join(folder, name), expected: "no such file", received: "a file" });
  }
  return problems;
}
