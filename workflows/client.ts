import { Client, Connection } from "@temporalio/client";
import { parseTemporalAddress } from "./temporal-address.ts";
import { noServer } from "./no-server.ts";

export interface TemporalClient {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  close(): Promise<void>;
}

/** @throws RhymeError "store" where no server answers within 5 s */
export async function connectTemporal(address: string): Promise<TemporalClient> {
  const { target, namespace } = parseTemporalAddress(address);
  try {
    const connection = await Connection.connect({ address: target, connectTimeout: 5_000 });
    const client = new Client({ connection, namespace });
    return { client, connection, namespace, close: () => connection.close() };
  } catch (error) {
    throw noServer(address, error);
  }
}
