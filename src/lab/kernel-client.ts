import { randomUUID } from "node:crypto";
import { Dealer, Subscriber } from "zeromq";
import {
  addressOf,
  decodeMessage,
  encodeMessage,
  makeHeader,
  type Connection,
  type Json,
  type Message,
} from "./jupyter-wire.ts";

/** An output as a notebook file stores it. */
export type Output =
  | { readonly output_type: "stream"; readonly name: "stdout" | "stderr"; text: string }
  | { readonly output_type: "display_data"; data: Json; metadata: Json }
  | { readonly output_type: "execute_result"; data: Json; metadata: Json; readonly execution_count: number }
  | {
      readonly output_type: "error";
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: readonly string[];
    };

export interface ExecuteResult {
  readonly status: "ok" | "error" | "aborted";
  readonly outputs: readonly Output[];
  readonly reply: Json;
  readonly replyMetadata: Json;
  /** All messages on iopub, in their order: type and content. */
  readonly published: readonly { readonly type: string; readonly content: Json }[];
}

/** Speaks to one kernel as a notebook would. */
export interface KernelClient {
  execute(
    code: string,
    options?: { readonly cellId?: string; readonly silent?: boolean },
  ): Promise<ExecuteResult>;
  /** Any other request on the shell channel; the content of its reply. */
  request(type: string, content: Json): Promise<Json>;
  interrupt(): Promise<void>;
  shutdown(): Promise<void>;
  /** Ends the connection. What still runs is `aborted`, with the outputs that it has given so far. */
  close(): void;
}

const ABORTED = { status: "aborted", reply: {}, replyMetadata: {} } as const;

interface Pending {
  reply: Message | null;
  isIdle: boolean;
  readonly outputs: Output[];
  readonly published: { type: string; content: Json }[];
  settle(): void;
}

/**
 * Connects and waits until the kernel answers.
 * @throws the reason of `signal` once that aborts; nothing stays open then
 */
export async function connectKernel(connection: Connection, signal?: AbortSignal): Promise<KernelClient> {
  const session = randomUUID();
  const sockets = { shell: new Dealer(), control: new Dealer() };
  const iopub = new Subscriber();
  sockets.shell.connect(addressOf(connection, connection.shell_port));
  sockets.control.connect(addressOf(connection, connection.control_port));
  iopub.connect(addressOf(connection, connection.iopub_port));
  iopub.subscribe();
  const pending = new Map<string, Pending>();
  const displays = new Map<string, { data: Json; metadata: Json }>();

  let isClosed = false;
  let endWaits = (): void => undefined;
  const closed = new Promise<void>((done) => (endWaits = done));

  const receive = async (
    socket: AsyncIterable<Buffer[]>,
    take: (message: Message) => void,
  ): Promise<void> => {
    for await (const frames of socket) {
      const message = decodeMessage(connection.key, frames);
      if (message) take(message);
    }
  };
  const onReply = (message: Message): void => {
    const asked = pending.get((message.parent as { readonly msg_id?: string }).msg_id ?? "");
    if (!asked) return;
    asked.reply = message;
    asked.settle();
  };
  void receive(sockets.shell, onReply);
  void receive(sockets.control, onReply);
  void receive(iopub, (message) => {
    const asked = pending.get((message.parent as { readonly msg_id?: string }).msg_id ?? "");
    collect(message, asked ?? null, displays);
    asked?.settle();
  });

  const ask = async (
    channel: "shell" | "control",
    type: string,
    content: Json,
    { metadata = {}, needsIdle = true }: { readonly metadata?: Json; readonly needsIdle?: boolean } = {},
  ): Promise<Pending> => {
    const header = makeHeader(type, session);
    let resolve = (): void => undefined;
    const settled = new Promise<void>((done) => (resolve = done));
    const mine: Pending = {
      reply: null,
      isIdle: !needsIdle,
      outputs: [],
      published: [],
      settle: () => void (mine.reply && mine.isIdle && resolve()),
    };
    pending.set(header.msg_id, mine);
    await sockets[channel].send(
      encodeMessage(connection.key, { identities: [], header, parent: {}, metadata, content }),
    );
    await Promise.race([settled, closed]);
    return mine;
  };
  const replyTo = async (...asking: Parameters<typeof ask>): Promise<Message> => {
    const { reply } = await ask(...asking);
    if (!reply) throw new Error("The connection to the kernel was closed.");
    return reply;
  };
  const close = (): void => {
    isClosed = true;
    endWaits();
    for (const socket of [sockets.shell, sockets.control, iopub]) socket.close();
  };
  signal?.addEventListener("abort", close, { once: true });
  try {
    signal?.throwIfAborted();
    await replyTo("shell", "kernel_info_request", {}, { needsIdle: false });
    await subscribed(() => replyTo("shell", "kernel_info_request", {}));
  } catch (error) {
    if (!isClosed) close();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", close);
  }

  return {
    execute: async (code, { cellId, silent = false } = {}) => {
      const content = {
        code,
        silent,
        store_history: !silent,
        allow_stdin: false,
        stop_on_error: true,
        user_expressions: {},
      };
      if (isClosed) return { ...ABORTED, outputs: [], published: [] };
      const { reply, outputs, published } = await ask("shell", "execute_request", content, {
        metadata: cellId === undefined ? {} : { cellId },
      });
      if (!reply) return { ...ABORTED, outputs, published };
      const status = reply.content["status"] as ExecuteResult["status"];
      return { status, outputs, published, reply: reply.content, replyMetadata: reply.metadata };
    },
    request: async (type, content) => (await replyTo("shell", type, content)).content,
    interrupt: async () => void (await ask("control", "interrupt_request", {}, { needsIdle: false })),
    shutdown: async () =>
      void (await ask("control", "shutdown_request", { restart: false }, { needsIdle: false })),
    close: () => {
      if (!isClosed) close();
    },
  };
}

/** A subscription takes a moment to reach the kernel; what is published before is lost. Asks until one answer is seen. */
async function subscribed(ask: () => Promise<unknown>): Promise<void> {
  for (let seen = false; !seen;) {
    const pause = new Promise<boolean>((done) => setTimeout(() => done(false), 100));
    seen = await Promise.race([ask().then(() => true), pause]);
  }
}

/** What a notebook makes of the messages: an update replaces the display that it names, wherever that stands. */
function collect(
  message: Message,
  asked: Pending | null,
  displays: Map<string, { data: Json; metadata: Json }>,
): void {
  const { content } = message;
  const type = message.header.msg_type;
  const {
    data = {},
    metadata = {},
    transient,
  } = content as { data?: Json; metadata?: Json; transient?: { display_id?: string } };
  const id = transient?.display_id;
  if (type === "update_display_data" && id !== undefined)
    Object.assign(displays.get(id) ?? {}, { data, metadata });
  if (!asked) return;
  asked.published.push({ type, content });
  const last = asked.outputs.at(-1);
  if (type === "status" && content["execution_state"] === "idle") asked.isIdle = true;
  else if (type === "stream") {
    const { name, text } = content as { name: "stdout" | "stderr"; text: string };
    if (last?.output_type === "stream" && last.name === name) last.text += text;
    else asked.outputs.push({ output_type: "stream", name, text });
  } else if (type === "display_data") {
    const output = { output_type: "display_data" as const, data, metadata };
    if (id !== undefined) displays.set(id, output);
    asked.outputs.push(output);
  } else if (type === "execute_result")
    asked.outputs.push({
      output_type: "execute_result",
      data,
      metadata,
      execution_count: Number(content["execution_count"]),
    });
  else if (type === "error") {
    const { ename, evalue, traceback } = content as { ename: string; evalue: string; traceback: string[] };
    asked.outputs.push({ output_type: "error", ename, evalue, traceback });
  }
}
