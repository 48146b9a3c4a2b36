import { createSocket } from "node:dgram";
import { createServer } from "node:net";

/** All ports of one Weaviate, one after the other from a base, so that several fit on one machine. */
export interface PortBlock {
  readonly rest: number;
  readonly grpc: number;
  readonly gossip: number;
  readonly data: number;
  readonly raft: number;
  readonly raftRpc: number;
  /** Kept free for the server's profiler and its metrics, both off unless an environment turns them on. */
  readonly debug: number;
  readonly metrics: number;
}

export const BLOCK = 8;
export const DEFAULT_BASE = 8585;

/** The block that begins at `base`. */
export function portsFrom(base: number): PortBlock {
  const [rest, grpc, gossip, data] = [base, base + 1, base + 2, base + 3];
  return { rest, grpc, gossip, data, raft: base + 4, raftRpc: base + 5, debug: base + 6, metrics: base + 7 };
}

/** Which of these are not free on this machine, by TCP and UDP. */
export async function takenPorts(ports: Readonly<Record<string, number>>): Promise<readonly number[]> {
  const taken: number[] = [];
  for (const port of Object.values(ports)) if (!(await isFree(port))) taken.push(port);
  return taken;
}

/** A block where nothing listens; a random one, so that two that look at once rarely find the same. */
export async function freePortBlock(): Promise<PortBlock> {
  for (let tries = 0; tries < 200; tries++) {
    const ports = portsFrom(20_000 + BLOCK * Math.floor(1500 * Math.random())); // below what systems give out
    if ((await takenPorts({ ...ports })).length === 0) return ports;
  }
  throw new Error("no block of free ports between 20000 and 32000");
}

/** Free on all interfaces and on loopback: a listener on one of them does not hinder the other everywhere. */
async function isFree(port: number): Promise<boolean> {
  return (await listens(port, "0.0.0.0")) && (await listens(port, "127.0.0.1")) && (await binds(port));
}

function listens(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function binds(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => resolve(false));
    socket.bind({ port, address: "127.0.0.1", exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
