import { ENCODER_ATTRIBUTE, NAMESPACE, SYMBOL_ATTRIBUTE } from "../../../workflows/queues.ts";

/** The version of the command line whose server is built here, and of that server; docker-compose.yml has newer ones. */
export const TEMPORAL_CLI_VERSION = "1.5.1";
export const TEMPORAL_VERSION = "1.29.1";

/** All ports that are ours to choose; two more, on loopback too, the server takes where it finds them. */
export interface TemporalPorts {
  /** What workers and clients speak to. */
  readonly grpc: number;
  /** The same as JSON. */
  readonly http: number;
  /** `/metrics` of the server, for Prometheus. */
  readonly metrics: number;
}

export const TEMPORAL_BASE = 8685;

/** They begin at `base`. */
export function temporalPorts(base: number): TemporalPorts {
  return { grpc: base, http: base + 1, metrics: base + 2 };
}

/** How long what has ended can be looked at: a day by default, and then `watch` knows nothing of a long weekend's run. */
export const RETENTION_DAYS = 30;

/** What the server is started with, each with its reason. */
export function temporalArguments(ports: TemporalPorts, database: string): readonly string[] {
  return [
    ...["server", "start-dev", "--headless", "--ip", "127.0.0.1"],
    ...["--port", String(ports.grpc), "--http-port", String(ports.http)],
    ...["--metrics-port", String(ports.metrics)],
    ...["--db-filename", database], // without a file all is lost with the process
    ...["--namespace", NAMESPACE],
    ...[SYMBOL_ATTRIBUTE, ENCODER_ATTRIBUTE].flatMap((name) => ["--search-attribute", `${name}=Keyword`]),
    ...["--log-level", "warn", "--log-format", "json"],
  ];
}
