import childProcess from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import sqlite from "node:sqlite";
import tls from "node:tls";
import { getCallSites } from "node:util";
import vm from "node:vm";
import workers from "node:worker_threads";

/** Ways out of a function: what hangs on an object, and the module under whose name they are reported. */
type Ways = readonly (readonly [module: string, on: object, names: readonly string[]])[];

const READING = ["readFile", "open", "readdir", "opendir", "readlink", "glob", "watch"];
const WRITING = [
  "writeFile",
  "appendFile",
  "mkdir",
  "mkdtemp",
  "cp",
  "copyFile",
  "rename",
  "link",
  "symlink",
];
const REMOVING = ["rm", "rmdir", "unlink", "truncate"];
/** Whether a file is there, and since when, is told from outside too. */
const LOOKING = ["stat", "lstat", "statfs", "access", "realpath"];
const FILES = [...READING, ...WRITING, ...REMOVING, ...LOOKING];
const STREAMS = ["createReadStream", "createWriteStream", "ReadStream", "WriteStream"];
const RESOLVING = ["lookup", "lookupService", "resolve", "resolve4", "resolve6", "resolveTxt", "Resolver"];

/** What is noted. http2 stands on net and tls, and is seen there. */
export const NOTED: Ways = [
  ["fs", fs, [...[...FILES, "exists"].flatMap((name) => [name, `${name}Sync`]), ...STREAMS]],
  ["fs", fs, ["openAsBlob", "watchFile"]],
  ["fs/promises", fs.promises, FILES],
  ["http", http, ["request", "get", "createServer"]],
  ["https", https, ["request", "get", "createServer"]],
  ["net", net, ["connect", "createConnection", "createServer"]],
  ["net", net.Socket.prototype, ["connect"]],
  ["tls", tls, ["connect", "createServer"]],
  ["dgram", dgram, ["createSocket", "Socket"]],
  ["dns", dns, RESOLVING],
  ["dns/promises", dns.promises, RESOLVING],
  ["sqlite", sqlite, ["DatabaseSync"]],
  ["worker_threads", workers, ["Worker"]],
  // Another realm has a clock of its own.
  ["vm", vm, ["createContext", "runInContext", "runInNewContext", "Script", "SourceTextModule"]],
  ["process", process, ["binding", "loadEnvFile"]],
  ["process.report", process.report, ["getReport", "writeReport"]],
  ["the network", globalThis, ["fetch", "WebSocket", "EventSource"]],
];

const STARTING = ["spawn", "exec", "execFile", "fork"];

/** What is refused: a process may outlive the one that looks after it. */
export const REFUSED: Ways = [
  ["child_process", childProcess, [...STARTING, "spawnSync", "execSync", "execFileSync", "ChildProcess"]],
  ["process", process, ["execve"]],
];

/** Node going on with what was noted where it began, or with its own streams; where it only passes on, as in `promisify`, not. */
const GOING_ON =
  /^node:(?:(?:fs|net|dns|dgram|https?|_http_\w+|tls|_tls_\w+|child_process)$|internal\/(?:fs|net|dns|dgram|tls|child_process|bootstrap|deps|source_map)\b)/;
const MODULE_LOADER = /^node:internal\/modules\//;
const CODE = /\.[cm]?[jt]sx?(?:[?#]|$)/;
const PACKAGE = /[\\/]node_modules[\\/]/;

/**
 * Whether the one who calls is the user's function. Node itself is not, but for data that its module loader reads:
 * `import rows from "./rows.json"` reads a file. @param loading packages that are being loaded are not either
 */
export function isUsers(caller: string, name: string, about: unknown, loading: boolean): boolean {
  if (MODULE_LOADER.test(caller)) {
    const path = pathIn(about);
    return name.startsWith("readFile") && !CODE.test(path) && !PACKAGE.test(path);
  }
  return !GOING_ON.test(caller) && !(loading && PACKAGE.test(caller));
}

/** Where the function that called the `depth`-th around this one stands: an address, or nothing for native code. */
export function callerOf(depth: number): string {
  return getCallSites(depth + 2)[depth + 1]?.scriptName ?? "";
}

/** A path or an address as people know it; nothing where it is none. */
export function pathIn(about: unknown): string {
  return typeof about === "string" ? about : about instanceof URL ? decodeURI(about.pathname) : "";
}
