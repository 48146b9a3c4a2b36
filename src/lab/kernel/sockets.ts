import { Publisher, Reply, Router } from "zeromq";
import { addressOf, decodeMessage, encodeMessage, type Connection, type Message } from "../jupyter-wire.ts";

export type Channel = "shell" | "control";

/** The five sockets of a kernel, bound where the connection file says. */
export interface Sockets {
  onRequest(listener: (channel: Channel, message: Message) => void): void;
  reply(channel: Channel, message: Message): void;
  publish(message: Message): void;
  close(): Promise<void>;
}

export async function openSockets(connection: Connection): Promise<Sockets> {
  const routers = { shell: new Router(), control: new Router() };
  const stdin = new Router();
  const iopub = new Publisher({ sendHighWaterMark: 0 });
  const heartbeat = new Reply();
  await Promise.all([
    routers.shell.bind(addressOf(connection, connection.shell_port)),
    routers.control.bind(addressOf(connection, connection.control_port)),
    stdin.bind(addressOf(connection, connection.stdin_port)),
    iopub.bind(addressOf(connection, connection.iopub_port)),
    heartbeat.bind(addressOf(connection, connection.hb_port)),
  ]);
  void (async () => {
    for await (const frames of heartbeat) await heartbeat.send(frames);
  })();
  const outgoing = { shell: chain(), control: chain(), iopub: chain() };
  const sendOn = (name: Channel | "iopub", frames: Buffer[]): void => {
    void outgoing[name](() => (name === "iopub" ? iopub : routers[name]).send(frames));
  };
  /** The main thread hands over what JSON can hold; if it ever does not, one message is lost and not the kernel. */
  const framesOf = (message: Message): Buffer[] => {
    try {
      return encodeMessage(connection.key, message);
    } catch (error) {
      const content = { status: "error", ename: "Kernel", evalue: String(error), traceback: [] };
      return encodeMessage(connection.key, { ...message, metadata: {}, content });
    }
  };
  return {
    onRequest: (listener) => {
      for (const channel of ["shell", "control"] as const)
        void (async () => {
          for await (const frames of routers[channel]) {
            const message = decodeMessage(connection.key, frames);
            if (message) listener(channel, message);
          }
        })();
    },
    reply: (channel, message) => sendOn(channel, framesOf(message)),
    publish: (message) => sendOn("iopub", framesOf(message)),
    close: async () => {
      await Promise.all(Object.values(outgoing).map((add) => add(async () => undefined)));
      for (const socket of [routers.shell, routers.control, stdin, iopub, heartbeat]) socket.close();
    },
  };
}

/** Of one socket: zeromq refuses a second send before the first has ended. */
function chain(): (send: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (send) => (last = last.then(send, send));
}
