import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { RhymeError } from "../../errors.ts";
import { cacheFolder } from "../cache-folder.ts";

/** Backends that are no part of this project's packages: whoever wants one installs it. */
export const NATIVE_BACKENDS = ["tensorflow", "tensorflow-gpu", "onnx", "webgpu"] as const;
export type NativeBackend = (typeof NATIVE_BACKENDS)[number];

/** Written last, with what was found out about it: a folder without it was left by an installation that did not end. */
export const COMPLETE = "complete.json";

interface NativePackage {
  /** What is imported. */
  readonly module: string;
  /** Of the folder in the cache: other versions are another installation. */
  readonly folder: string;
  /** How it is installed. */
  readonly install: string;
}

export const NATIVE_PACKAGES: Readonly<Record<NativeBackend, NativePackage>> = {
  tensorflow: {
    module: "@tensorflow/tfjs-node",
    folder: "backend-tensorflow-4.22.0-2.21.0",
    install: "./rhyme backend install tensorflow",
  },
  "tensorflow-gpu": {
    module: "@tensorflow/tfjs-node-gpu",
    folder: "backend-tensorflow-gpu-4.22.0-2.21.0",
    install: "./rhyme backend install tensorflow --gpu",
  },
  onnx: {
    module: "onnxruntime-node",
    folder: "backend-onnx-1.30.0",
    install: "./rhyme backend install onnx",
  },
  webgpu: {
    module: "@tensorflow/tfjs-backend-webgpu",
    folder: "backend-webgpu-0.6.2",
    install: "./rhyme backend install webgpu",
  },
};

type Env = Readonly<Record<string, string | undefined>>;

/** Where `./rhyme backend install` puts it. Nothing is read or written there. */
export function backendFolder(name: NativeBackend, env: Env = process.env): string {
  return join(cacheFolder(env), NATIVE_PACKAGES[name].folder);
}

/** A backend that is there. */
export interface FoundBackend {
  readonly name: NativeBackend;
  readonly from: "cache" | "packages";
  /** Of its installation in the cache, or of its package beside this project's own. */
  readonly folder: string;
  /** Loads one of its modules. */
  readonly require: (module: string) => unknown;
}

/** What `./rhyme backend install` made, else a package that somebody put beside this project's own; else null. */
export function findBackend(name: NativeBackend, env: Env = process.env): FoundBackend | null {
  const folder = backendFolder(name, env);
  if (existsSync(join(folder, COMPLETE)))
    return { name, from: "cache", folder, require: createRequire(join(folder, "package.json")) };
  const own = createRequire(import.meta.url);
  try {
    return { name, from: "packages", folder: own.resolve(NATIVE_PACKAGES[name].module), require: own };
  } catch {
    return null;
  }
}

/** What an installation in the cache wrote down about itself. */
export function installedFacts({ from, folder }: FoundBackend): Readonly<Record<string, unknown>> {
  if (from !== "cache") return {};
  return JSON.parse(readFileSync(join(folder, COMPLETE), "utf8")) as Record<string, unknown>;
}

/** @throws RhymeError "usage" where it is not installed */
export function requireBackend(name: NativeBackend): FoundBackend {
  const found = findBackend(name);
  if (found) return found;
  const { module, install } = NATIVE_PACKAGES[name];
  throw new RhymeError("usage", {
    place: `backend ${name}`,
    expected: `${module}, in the cache or beside this project's packages`,
    received: "it is not installed",
    remedy: `Run ${install}; ./rhyme backend list says what is there.`,
  });
}

/** Its module, or another one of its installation. @throws RhymeError "usage" where that does not load */
export function loadModule(
  found: FoundBackend,
  module: string = NATIVE_PACKAGES[found.name].module,
): unknown {
  const { name, from, folder } = found;
  try {
    return found.require(module);
  } catch (error) {
    const { install } = NATIVE_PACKAGES[name];
    throw new RhymeError("usage", {
      place: `backend ${name} in ${folder}`,
      expected: "an installation that loads",
      received: (error as Error).message.split("\n")[0]!,
      remedy:
        from === "cache"
          ? `Run ./rhyme backend remove ${name}, then ${install}.`
          : `Remove that package, or run ${install}: what lies in the cache comes first.`,
    });
  }
}
