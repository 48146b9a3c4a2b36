import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RhymeError } from "../../lib/errors.ts";
import { cacheFolder } from "../cache-folder.ts";
import { cacheLock } from "../cache-lock.ts";
import type { Ui } from "../ui.ts";
import type { Provision } from "./service.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** A program that Go builds from its published sources, without a checkout. */
export interface GoProgram {
  /** What it is called in words, and its folder in the cache together with the version. */
  readonly name: string;
  /** Import path of its main package. */
  readonly package: string;
  readonly version: string;
  /** File name of what is built. */
  readonly file: string;
  /** Packages it consists of, about: for the progress. */
  readonly packages: number;
  /** `3 minutes on two cores, 190 MB`. */
  readonly costs: string;
  readonly go: string;
  /** What else whoever has no Go can do. */
  readonly otherwise: string;
}

/** Where it belongs in the cache, one folder for each version; it is there whole or not at all. */
export function goBinaryPath({ name, version, file }: GoProgram, env: Env = process.env): string {
  return join(cacheFolder(env), `${name}-${version}`, file);
}

/**
 * The path of the program; built the first time, by one of those that start at once.
 * @throws RhymeError "usage" where Go is missing or cannot build it
 */
export async function goBinary(program: GoProgram, options: Provision): Promise<string> {
  const { ui, signal, env = process.env } = options;
  const binary = goBinaryPath(program, env);
  if (existsSync(binary)) return binary;
  const cache = cacheFolder(env);
  mkdirSync(cache, { recursive: true });
  const release = await cacheLock(join(cache, `${program.name}.lock`), `builds ${program.name}`, ui, signal);
  try {
    if (!existsSync(binary)) await build(program, cache, options);
    return binary;
  } finally {
    release();
  }
}

/** Into a folder of its own, which becomes the program's by one rename; what a killed build left goes first. */
async function build(
  program: GoProgram,
  cache: string,
  { ui, signal, env = process.env }: Provision,
): Promise<void> {
  const { name, version, file, costs } = program;
  const parts = `.${name}-build-`;
  for (const left of readdirSync(cache))
    if (left.startsWith(parts)) rmSync(join(cache, left), { recursive: true });
  const part = mkdtempSync(join(cache, parts));
  try {
    ui.note(`building ${name} ${version} with Go (once, ${costs})`);
    const said = await goInstall(program, part, { ui, signal, env });
    if (!existsSync(join(part, file))) throw notBuilt(program, said);
    rmSync(join(cache, `${name}-${version}`), { recursive: true, force: true });
    renameSync(part, join(cache, `${name}-${version}`));
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/** Runs `go install`; returns the end of what it said. Every package that it names is one step of the progress. */
function goInstall(
  program: GoProgram,
  into: string,
  { ui, signal, env }: { readonly ui: Ui; readonly signal: AbortSignal; readonly env: Env },
): Promise<string> {
  const progress = ui.progress(`building ${program.name}`, program.packages);
  const args = ["install", "-v", `${program.package}@${program.version}`];
  const child = spawn("go", args, {
    cwd: into,
    env: { ...env, GOBIN: into, CGO_ENABLED: "0", GOWORK: "off" },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true, // a group of its own: its compilers end with it
  });
  const kill = (): void => killGroup(child.pid);
  process.once("exit", kill);
  signal.addEventListener("abort", kill, { once: true });
  if (signal.aborted) kill();
  let [said, built] = ["", 0];
  child.stderr.on("data", (chunk: Buffer) => {
    const text = chunk.toString();
    said = (said + text).slice(-4000);
    const lines = text.split("\n").filter(Boolean);
    built += lines.filter((line) => !line.startsWith("go: ")).length;
    progress.update(Math.min(built, program.packages - 1), lines.at(-1) ?? "");
  });
  return new Promise<string>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? withoutGo(program) : error),
    );
    child.on("close", () => (signal.aborted ? reject(signal.reason as Error) : resolve(said)));
  }).finally(() => {
    progress.done();
    process.off("exit", kill);
    signal.removeEventListener("abort", kill);
  });
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // it has ended
  }
}

function withoutGo({ name, go, otherwise }: GoProgram): RhymeError {
  return new RhymeError("usage", {
    place: name,
    expected: `Go ${go} or newer, which builds it`,
    received: "no go on the PATH",
    remedy: `Install Go (https://go.dev/dl), or ${otherwise}.`,
  });
}

function notBuilt({ name, version, go, otherwise }: GoProgram, said: string): RhymeError {
  const errors = said.split("\n").filter((line) => line.trim() && !line.startsWith("go: downloading"));
  return new RhymeError("usage", {
    place: name,
    expected: `go install to build version ${version}`,
    received: errors.slice(-5).join("; ").slice(-800) || "nothing built",
    remedy: `It needs Go ${go} or newer and, the first time, its module proxy; or ${otherwise}.`,
  });
}
