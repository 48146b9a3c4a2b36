import { openWeaviate, type WeaviateServer } from "../../lib/adapters/weaviate/open-weaviate.ts";
import { serverRoles, type ServerRoles } from "../../lib/adapters/weaviate/server-roles.ts";
import { serverSchema, type ServerSchema } from "../../lib/adapters/weaviate/server-schema.ts";
import { indexKey } from "../index-key.ts";
import { interruptSignal } from "../interrupt.ts";
import { createUi, type Ui } from "../ui.ts";

/** Options that every `./rhyme weaviate` command has. */
export interface ServerOptions {
  readonly index: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What a command works with. */
export interface AtServer {
  readonly server: WeaviateServer;
  readonly schema: ServerSchema;
  readonly roles: ServerRoles;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

/** Connects with the admin's key, works, and hangs up. */
export async function withServer<T>(options: ServerOptions, work: (at: AtServer) => Promise<T>): Promise<T> {
  const [ui, signal] = [createUi(options), interruptSignal()];
  const server = await openWeaviate(options.index, { key: indexKey(options.index), signal });
  try {
    const { rest } = server.connection;
    return await work({
      ...{ server, ui, signal },
      ...{ schema: serverSchema(rest, signal), roles: serverRoles(rest, signal) },
    });
  } finally {
    await server.close();
  }
}
