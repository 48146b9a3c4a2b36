import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  backendFolder,
  COMPLETE,
  findBackend,
  NATIVE_BACKENDS,
  NATIVE_PACKAGES,
  requireBackend,
} from "../../lib/adapters/backends/native-backend.ts";
import { openTensorFlow } from "../../lib/adapters/tfjs/open-tensorflow.ts";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { rhyme } from "../faults/run-rhyme.ts";
import { createUi } from "../ui.ts";
import { installBackend, removeBackend } from "./install-backend.ts";
import { listBackends } from "./list-backends.ts";
import { RECIPES } from "./recipe.ts";

const ui = createUi({ quiet: true });
const folders: TemporaryFolder[] = [];
afterAll(() => folders.forEach((one) => one.remove()));
const cache = (): { readonly env: NodeJS.ProcessEnv; readonly folder: string } => {
  const at = temporaryFolder();
  folders.push(at);
  return { folder: at.path, env: { ...process.env, XDG_CACHE_HOME: at.path } };
};

describe("recipes", () => {
  it.each(NATIVE_BACKENDS)("of %s pin what its folder in the cache is named after, by hash", (name) => {
    const { folder, addonOf } = RECIPES[name];
    const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as {
      packages: Record<string, { version: string; integrity?: string }>;
    };
    for (const [place, { integrity }] of Object.entries(lock.packages))
      if (place !== "") expect(integrity, place).toMatch(/^sha512-/);
    const { version } =
      lock.packages[`node_modules/${name === "webgpu" ? "webgpu" : NATIVE_PACKAGES[name].module}`]!;
    expect(NATIVE_PACKAGES[name].folder).toContain(version);
    if (addonOf === null) return;
    const wheels = readFileSync(join(folder, "wheels.txt"), "utf8").split("\n");
    const pinned = wheels.filter((line) => line !== "" && !line.startsWith("#"));
    for (const line of pinned) expect(line).toMatch(/^[a-z0-9-]+==[0-9.]+ --hash=sha256:[0-9a-f]{64}$/);
    const library = pinned.find((line) => line.startsWith("tensorflow"))!;
    expect(NATIVE_PACKAGES[name].folder).toContain(/==([0-9.]+) /.exec(library)![1]);
  });
});

describe("an installation", () => {
  it("that is stopped leaves nothing that could be taken for whole", async () => {
    const { env, folder } = cache();
    const stop = new AbortController();
    const installing = installBackend("onnx", { ui, env, signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 200);
    await expect(installing).rejects.toThrow("enough");
    expect(findBackend("onnx", env)?.from ?? "none").not.toBe("cache");
    expect(readdirSync(join(folder, "rhyme")).filter((name) => !name.endsWith(".lock"))).toEqual([]);
  });

  it("without its mark counts as none, and is removed with what a stopped one left", async () => {
    const { env } = cache();
    const folder = backendFolder("onnx", env);
    for (const one of [folder, `${folder}.part`]) mkdirSync(one, { recursive: true });
    expect(findBackend("onnx", env)?.from ?? "none").not.toBe("cache");
    writeFileSync(join(folder, COMPLETE), "{}");
    expect(findBackend("onnx", env)).toMatchObject({ from: "cache", folder });
    const { signal } = new AbortController();
    expect(await removeBackend("onnx", { ui, env, signal })).toBe(true);
    expect(await removeBackend("onnx", { ui, env, signal })).toBe(false);
    expect(existsSync(`${folder}.part`)).toBe(false);
  });
});

describe("a backend that is not there", () => {
  const absent = NATIVE_BACKENDS.find((name) => findBackend(name) === null);

  it.skipIf(absent === undefined)("fails by name, with what to do", async () => {
    expect(() => requireBackend(absent!)).toThrow(NATIVE_PACKAGES[absent!].install);
    if (absent !== "onnx") await expect(openTensorFlow(absent)).rejects.toThrow(`backend ${absent}`);
  });
});

describe("./rhyme backend", () => {
  it("lists what is part of rhyme, what is installed, and what was chosen and why", async () => {
    const { backends, chosen } = await listBackends(new AbortController().signal);
    for (const name of ["arrays", "threads", "simd", "wasm"])
      expect(backends.find((one) => one.name === name)).toMatchObject({ ready: true });
    for (const name of NATIVE_BACKENDS)
      if (!findBackend(name))
        expect(backends.find((one) => one.name === name)).toMatchObject({ ready: false });
    expect(chosen.map(({ what, backend }) => `${what}: ${backend}`)).toEqual([
      "encoding: arrays",
      "training: wasm",
    ]);
  });

  it("knows no --gpu but TensorFlow's, and no other backends", async () => {
    expect(await rhyme(["backend", "install", "onnx", "--gpu"])).toMatchObject({ code: 2 });
    const { code, stderr } = await rhyme(["backend", "install", "torch"]);
    expect(code).toBe(2);
    expect(stderr).toContain("tensorflow, onnx, webgpu");
  });
});
