import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface Locked {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lockfile = new URL("../../../package-lock.json", import.meta.url);
const packages = (JSON.parse(readFileSync(lockfile, "utf8")) as { packages: Record<string, Locked> })
  .packages;

/** Where npm finds `name` for the package at `path`: in its own node_modules or in one further out. */
function resolve(path: string, name: string): Locked | undefined {
  const inside = packages[path === "" ? `node_modules/${name}` : `${path}/node_modules/${name}`];
  if (inside || path === "") return inside;
  const out = path.lastIndexOf("/node_modules/");
  return resolve(out < 0 ? "" : path.slice(0, out), name);
}

describe("the lockfile", () => {
  it("names every package of every platform: npm ci refuses a lockfile that leaves one out", () => {
    // A registry mirror that lacks a platform's package makes npm leave it out silently. Such an entry needs
    // version, os, cpu (and libc), "optional": true; without an integrity it is taken as the registry has it.
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => resolve(path, name)?.version === undefined),
    );
    expect(missing).toEqual([]);
  });

  it("holds exact versions of what package.json asks for", () => {
    const { dependencies = {}, devDependencies = {} } = packages[""]!;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      expect({ name, version }).toEqual({ name, version: resolve("", name)?.version });
  });
});
