import { version } from "node:process";
import { makeHeader, type Json, type Message } from "../jupyter-wire.ts";
import { cellQueue } from "./cell-queue.ts";
import type { Stopper } from "./break-in.ts";
import type { CompilerClient } from "./compiler-client.ts";
import type { Channel, Sockets } from "./sockets.ts";
import type { FrontMessage, RunnerMessage } from "./threads.ts";

export interface ServerParts {
  readonly sockets: Sockets;
  readonly compiler: CompilerClient;
  readonly send: (message: FrontMessage) => void;
  readonly stopper: Stopper;
}

export interface JupyterServer {
  onRequest(channel: Channel, message: Message): void;
  readonly onRunner: (message: RunnerMessage) => void;
}

/** From a wish to shut down to the end, at most, ms. */
const LAST_RESORT = 1500;

/** Answers every request of a frontend; cells go through a queue, all else is answered at once. */
export function jupyterServer({ sockets, compiler, send, stopper }: ServerParts): JupyterServer {
  const publish = (parent: Message, type: string, content: Json, metadata: Json = {}): void =>
    sockets.publish({
      identities: [Buffer.from(type)],
      header: makeHeader(type, parent.header.session),
      parent: parent.header,
      metadata,
      content,
    });
  const reply = (channel: Channel, to: Message, content: Json, metadata: Json = {}): void =>
    sockets.reply(channel, {
      identities: to.identities,
      header: makeHeader(to.header.msg_type.replace(/_request$/, "_reply"), to.header.session),
      parent: to.header,
      metadata,
      content,
    });
  const queue = cellQueue({
    compiler,
    send,
    publish,
    reply: (to, content, meta) => reply("shell", to, content, meta),
  });

  const interrupt = (): void => {
    queue.interrupt();
    stopper.stop();
  };

  const answer = async (message: Message): Promise<Json | null> => {
    const { code = "", cursor_pos: cursor = 0 } = message.content as { code?: string; cursor_pos?: number };
    switch (message.header.msg_type) {
      case "kernel_info_request":
        return kernelInfo();
      case "complete_request":
        return completeReply(
          await compiler.ask({ kind: "complete", code, cursor: toUnits(code, cursor) }),
          code,
        );
      case "inspect_request":
        return inspectReply(await compiler.ask({ kind: "inspect", code, cursor: toUnits(code, cursor) }));
      case "is_complete_request": {
        const { complete, indent } = await compiler.ask({ kind: "isComplete", code });
        return complete ? { status: "complete" } : { status: "incomplete", indent };
      }
      case "history_request":
        return { status: "ok", history: [] };
      case "comm_info_request":
        return { status: "ok", comms: {} };
      case "interrupt_request":
        interrupt();
        return { status: "ok" };
      case "shutdown_request":
        setTimeout(() => void sockets.close().then(() => send({ type: "shutdown" })), 50);
        setTimeout(() => process.kill(process.pid, "SIGKILL"), LAST_RESORT); // a cell may be busy
        return { status: "ok", restart: message.content["restart"] === true };
      default:
        return null; // comm_open and the like: nothing here listens to them
    }
  };

  return {
    onRunner: (message) => {
      if (message.type === "interrupted") stopper.heard(message.stop);
      queue.onRunner(message);
    },
    onRequest: (channel, message) => {
      if (message.header.msg_type === "execute_request") return queue.add(message);
      publish(message, "status", { execution_state: "busy" });
      void answer(message)
        .catch((error: unknown) => ({
          status: "error",
          ename: "Kernel",
          evalue: String(error),
          traceback: [],
        }))
        .then((content) => {
          if (content) reply(channel, message, content);
          publish(message, "status", { execution_state: "idle" });
        });
    },
  };
}

function kernelInfo(): Json {
  return {
    status: "ok",
    protocol_version: "5.3",
    implementation: "rhyme",
    implementation_version: "1.0.0",
    language_info: {
      name: "typescript",
      version,
      mimetype: "application/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: "typescript",
      nbconvert_exporter: "script",
    },
    banner: "TypeScript on the project's own sources.",
    help_links: [],
  };
}

function completeReply(
  { start, end, matches }: { start: number; end: number; matches: readonly { text: string; kind: string }[] },
  code: string,
): Json {
  const [from, to] = [toPoints(code, start), toPoints(code, end)];
  const types = matches.map(({ text, kind }) => ({ text, type: kind, start: from, end: to }));
  return {
    status: "ok",
    matches: matches.map(({ text }) => text),
    cursor_start: from,
    cursor_end: to,
    metadata: { _jupyter_types_experimental: types },
  };
}

function inspectReply(hover: { signature: string; documentation: string } | null): Json {
  if (!hover) return { status: "ok", found: false, data: {}, metadata: {} };
  const { signature, documentation } = hover;
  const data = {
    "text/plain": [signature, documentation].filter((part) => part !== "").join("\n\n"),
    "text/markdown": `\`\`\`typescript\n${signature}\n\`\`\`\n\n${documentation}`,
  };
  return { status: "ok", found: true, data, metadata: {} };
}

/** Jupyter counts characters (code points), JavaScript UTF-16 units. */
function toUnits(code: string, points: number): number {
  return Array.from(code).slice(0, points).join("").length;
}

function toPoints(code: string, units: number): number {
  return Array.from(code.slice(0, units)).length;
}
