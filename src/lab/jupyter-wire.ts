import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

// The wire protocol of Jupyter 5.3: https://jupyter-client.readthedocs.io/en/stable/messaging.html

/** What a connection file says: where the five sockets are, and the key that signs every message. */
export interface Connection {
  readonly transport: string;
  readonly ip: string;
  readonly key: string;
  readonly signature_scheme: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
}

export type Json = Readonly<Record<string, unknown>>;

export interface Header {
  readonly msg_id: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly msg_type: string;
  readonly version: string;
}

export interface Message {
  /** Routing prefix of a ROUTER socket, or the topic on iopub. */
  readonly identities: readonly Buffer[];
  readonly header: Header;
  readonly parent: Header | Json;
  readonly metadata: Json;
  readonly content: Json;
}

const DELIMITER = Buffer.from("<IDS|MSG>");

export function makeHeader(type: string, session: string): Header {
  return {
    msg_id: randomUUID(),
    session,
    username: "rhyme",
    date: new Date().toISOString(),
    msg_type: type,
    version: "5.3",
  };
}

/** Frames of one message, signed with the connection's key. */
export function encodeMessage(key: string, message: Message): Buffer[] {
  const parts = [message.header, message.parent, message.metadata, message.content].map((part) =>
    Buffer.from(JSON.stringify(part)),
  );
  return [...message.identities, DELIMITER, Buffer.from(sign(key, parts)), ...parts];
}

/** Reads and verifies frames; null for anything that is not a message signed with this key. */
export function decodeMessage(key: string, frames: readonly Buffer[]): Message | null {
  const at = frames.findIndex((frame) => frame.equals(DELIMITER));
  if (at < 0 || frames.length < at + 6) return null;
  const parts = frames.slice(at + 2, at + 6);
  if (key !== "" && !equal(frames[at + 1]!, Buffer.from(sign(key, parts)))) return null;
  try {
    const [header, parent, metadata, content] = parts.map(
      (part) => JSON.parse(part.toString("utf8")) as Json,
    );
    return {
      identities: frames.slice(0, at),
      header: header as unknown as Header,
      parent: parent ?? {}, // null before anything was asked: what ipykernel greets with
      metadata: metadata!,
      content: content!,
    };
  } catch {
    return null;
  }
}

function sign(key: string, parts: readonly Buffer[]): string {
  if (key === "") return "";
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

export function addressOf(connection: Connection, port: number): string {
  return `${connection.transport}://${connection.ip}:${port}`;
}
