import { RhymeError } from "../../errors.ts";

/** Where a Weaviate listens: REST and gRPC on two ports. */
export interface WeaviateAddress {
  readonly host: string;
  readonly port: number;
  readonly grpcPort: number;
  readonly secure: boolean;
  /** `weaviate://HOST:PORT`: how messages name it. */
  readonly place: string;
}

/**
 * `weaviate://HOST:PORT` (`weaviates://` over TLS), gRPC on the next port unless `?grpc=N` says another.
 * @throws RhymeError "usage"; no message repeats what stands before an `@`
 */
export function parseWeaviateAddress(address: string): WeaviateAddress {
  const url = URL.canParse(address) ? new URL(address) : null;
  const secure = url?.protocol === "weaviates:";
  if (!url || !(secure || url.protocol === "weaviate:") || url.hostname === "" || url.port === "")
    throw refused(withoutKey(address));
  if (url.username !== "" || url.password !== "")
    throw refused("an address with a key in it, which others could read");
  const port = Number(url.port);
  const named = url.searchParams.get("grpc");
  const grpcPort = named === null ? port + 1 : Number(named);
  const rest = [...url.searchParams.keys()].some((key) => key !== "grpc");
  if (!/^\/?$/.test(url.pathname) || url.hash !== "" || rest) throw refused(withoutKey(address));
  if (!Number.isInteger(grpcPort) || grpcPort < 1 || grpcPort > 65_535) throw refused(`gRPC port ${named}`);
  const place = `${url.protocol}//${url.host}${named === null ? "" : `?grpc=${grpcPort}`}`;
  return { host: url.hostname, port, grpcPort, secure, place };
}

function withoutKey(address: string): string {
  return JSON.stringify(address.replace(/\/\/.*@/, "//…@"));
}

function refused(received: string): RhymeError {
  return new RhymeError("usage", {
    place: "--index",
    expected: "weaviate://HOST:PORT, as in weaviate://127.0.0.1:8585",
    received,
    remedy: "Give host and port; the key comes from RHYME_WEAVIATE_KEY, never from the address.",
  });
}
