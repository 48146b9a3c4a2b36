import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../cli/cache-folder.ts";
import { loadedCalendars } from "../cli/load-calendars.ts";
import type { Connection } from "./jupyter-wire.ts";

export const KERNEL_MAIN = fileURLToPath(new URL("kernel/main.ts", import.meta.url));

/** Node's own options for the kernel, before the name of its file. */
export const KERNEL_FLAGS = [
  "--conditions=lab-source",
  "--disable-warning=ExperimentalWarning",
  "--disable-warning=DEP0205",
  // A stop within a timer's callback leaves Node's list of callbacks as it stood; it would end the process over that.
  "--no-force-async-hooks-checks",
] as const;

/** Compiled code is kept between starts, which saves about half a second of each. */
export const KERNEL_ENV = { NODE_COMPILE_CACHE: join(cacheFolder(), "node-compile-cache") } as const;

/** What else a kernel is told by this process: the files of `./rhyme --calendars`. */
export function calendarsEnv(): Readonly<Record<string, string>> {
  const files = loadedCalendars();
  return files.length === 0 ? {} : { RHYME_CALENDARS: files.join(delimiter) };
}

export interface KernelProcess {
  readonly connection: Connection;
  readonly child: ChildProcess;
  /** Ends it at once and removes its connection file. */
  kill(): void;
}

/** Starts a kernel whose cells see `folder` as their working directory. */
export function startKernel(folder: string): Promise<KernelProcess> {
  const command = (file: string): string[] => [process.execPath, ...KERNEL_FLAGS, KERNEL_MAIN, file];
  return startKernelProcess(command, folder, { ...KERNEL_ENV, ...calendarsEnv(), RHYME_CELL_COST: "never" });
}

/** Starts any kernel, by the command that takes the file of its connection. */
export async function startKernelProcess(
  command: (connectionFile: string) => readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<KernelProcess> {
  const [shell, iopub, stdin, control, hb] = await freePorts(5);
  const connection: Connection = {
    transport: "tcp",
    ip: "127.0.0.1",
    key: randomUUID(),
    signature_scheme: "hmac-sha256",
    shell_port: shell!,
    iopub_port: iopub!,
    stdin_port: stdin!,
    control_port: control!,
    hb_port: hb!,
  };
  const held = mkdtempSync(join(tmpdir(), "rhyme-kernel-"));
  const file = join(held, "connection.json");
  writeFileSync(file, JSON.stringify(connection), { mode: 0o600 });
  const [program, ...args] = command(file);
  const child = spawn(program!, args, {
    cwd: folder,
    stdio: ["ignore", 2, 2], // what a cell writes past the kernel is no part of our own output
    env: { ...process.env, ...env },
  });
  const remove = (): void => rmSync(held, { recursive: true, force: true });
  child.on("exit", remove);
  return {
    connection,
    child,
    kill: () => {
      child.kill("SIGKILL");
      remove();
    },
  };
}

/** Ports that were free a moment ago, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => resolve((server.address() as { readonly port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
