import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** A port of this machine that behaves badly; whoever opens it closes it. */
export interface Loopback {
  readonly port: number;
  close(): Promise<void>;
}

/** Takes connections and never says anything. */
export function silentPort(): Promise<Loopback> {
  return listening(() => {});
}

/** Takes connections and ends them at once. */
export function closingPort(): Promise<Loopback> {
  return listening((socket) => socket.end());
}

/** Stands before a port: what comes from there is handed on after `delayMs`; `cuts` says which connections break. */
export function proxyPort(
  to: number,
  options: { readonly delayMs?: number; readonly cuts?: (connection: number) => boolean },
): Promise<Loopback> {
  const { delayMs = 0, cuts = () => false } = options;
  let connections = 0;
  return listening((socket) => {
    const cut = cuts(connections++);
    const behind = connect(to, "127.0.0.1");
    const end = (): void => {
      socket.destroy();
      behind.destroy();
    };
    for (const one of [socket, behind]) one.on("error", end).on("close", end);
    socket.pipe(behind);
    // Cut after the question has been handed on: whether it was done nobody can tell.
    behind.on("data", (bytes) => setTimeout(() => (cut ? end() : socket.write(bytes)), delayMs));
  });
}

async function listening(take: (socket: Socket) => void): Promise<Loopback> {
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {}).on("close", () => open.delete(socket));
    take(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
