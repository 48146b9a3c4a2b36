import { Option, type Command } from "commander";
import { parseTemporalAddress } from "../../workflows/temporal-address.ts";
import { stateNow } from "./services/running-server.ts";
import { temporalService } from "./services/temporal-service.ts";

/** Options of commands that speak to Temporal. */
export interface ServerOption {
  readonly server?: string;
}

export function addServerOption(command: Command): Command {
  return command.addOption(
    new Option(
      "--server <address>",
      "temporal://HOST:PORT[/NAMESPACE] (default: the one of ./rhyme services)",
    ).env("RHYME_SERVER"),
  );
}

/** The server that was named, else the one that `services up temporal` started, else where it would. */
export function serverAddress({ server }: ServerOption): string {
  if (server) parseTemporalAddress(server); // refused before anything is begun
  if (server) return server;
  const { defaultBase, ports, address } = temporalService;
  return stateNow(temporalService)?.address ?? address(ports(defaultBase));
}
