import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ENCODER_ATTRIBUTE, NAMESPACE, SYMBOL_ATTRIBUTE } from "../../../workflows/queues.ts";
import { ROOT } from "../test-runner/run-tool.ts";
import { portsFrom } from "./ports.ts";
import { RETENTION_DAYS, TEMPORAL_BASE } from "./temporal-settings.ts";
import {
  weaviateEnvironment,
  WEAVIATE_SETTINGS,
  WEAVIATE_USERS,
  WEAVIATE_VERSION,
} from "./weaviate-settings.ts";

const compose = readFileSync(join(ROOT, "docker-compose.yml"), "utf8");

/** The lines of one service. */
function service(name: string): string {
  const services = compose.slice(compose.indexOf("\nservices:\n"), compose.indexOf("\nvolumes:\n"));
  const found = services.split(/^(?= {2}[a-z])/m).find((lines) => lines.startsWith(`  ${name}:`));
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

/** The lines below `environment:`, as name and value. */
function environmentOf(name: string): Readonly<Record<string, string>> {
  const lines = [...service(name).matchAll(/^ {6}([A-Z_]+): "(.*)"$/gm)];
  return Object.fromEntries(lines.map(([, key, value]) => [key!, value!]));
}

const NAMES = new Set([...compose.matchAll(/^ {2}([a-z-]+):(?: &worker)?$/gm)].map(([, name]) => name!));
const environment = environmentOf("weaviate");

describe("docker-compose.yml", () => {
  it("has the settings of a native server, to the last one", () => {
    const native = weaviateEnvironment(portsFrom(8585), "/data", { admin: "a", write: "w", read: "r" });
    const ofTheMachine = Object.keys(native).filter((name) => /PORT$|BIND_ADDR$/.test(name));
    const wanted = Object.keys(native).filter((name) => !ofTheMachine.includes(name) || name === "GRPC_PORT");
    expect(Object.keys(environment).toSorted()).toEqual(wanted.toSorted());
    expect(environment).toMatchObject(WEAVIATE_SETTINGS);
  });

  it("pins the image to the version that is built natively", () => {
    expect(service("weaviate").match(/image: (.*)/)![1]).toBe(
      `cr.weaviate.io/semitechnologies/weaviate:${WEAVIATE_VERSION}`,
    );
  });

  it("starts only with a key for every user, and shows its ports to this machine alone", () => {
    const keys = environment["AUTHENTICATION_APIKEY_ALLOWED_KEYS"]!.split(",");
    expect(keys.map((key) => /^\$\{(WEAVIATE_(?:[A-Z]+_)?KEY):\?.+\}$/.exec(key)?.[1])).toEqual(
      WEAVIATE_USERS.map((user) =>
        user === "admin" ? "WEAVIATE_KEY" : `WEAVIATE_${user.toUpperCase()}_KEY`,
      ),
    );
    const published = [...compose.matchAll(/^ {6}- "(.*:\d+)"$/gm)].map(([, port]) => port!);
    expect(published).toHaveLength(5);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:/);
    expect(compose).toMatch(/- weaviate:\/var\/lib\/weaviate$/m);
    expect(environment["PERSISTENCE_DATA_PATH"]).toBe("/var/lib/weaviate");
  });

  it("pins every image, and the server of Temporal to the tools that make its tables", () => {
    const images = [...compose.matchAll(/^ {4}image: (\S+)$/gm)].map(([, image]) => image!);
    expect(images).toHaveLength(10);
    for (const image of images) expect(image).toMatch(/^[\w./-]+:(?:v?\d+\.\d+(?:\.\d+)?(?:-\w+)?|latest)$/);
    expect(images.filter((image) => image.endsWith(":latest"))).toEqual(["rhyme:latest", "rhyme-gpu:latest"]); // built here
    const versions = images.filter((image) => /temporalio\/(server|admin-tools)/.test(image));
    expect(new Set(versions.map((image) => image.split(":")[1])).size).toBe(1);
  });

  it("gives the workers the key of an index that may be written, and says where they find it", () => {
    for (const name of ["worker-cpu", "worker-gpu"])
      expect(service(name) + (name === "worker-gpu" ? service("worker-cpu") : "")).toMatch(
        /RHYME_WEAVIATE_KEY: "\$\{WEAVIATE_WRITE_KEY:\?/,
      );
    expect(service("worker-gpu")).toMatch(/<<: \*worker/);
    expect(compose).toMatch(/^# .*--index weaviate:\/\/weaviate:8080/m);
    expect(service("weaviate")).toMatch(/"--port", "8080"/);
  });

  it("takes every password from the environment, and starts with none missing", () => {
    const secrets = [...NAMES].flatMap((name) => {
      if (!compose.includes(`\n  ${name}:\n    `)) return [];
      return Object.entries(environmentOf(name)).filter(([key]) => /PASSWORD|_PWD$|ALLOWED_KEYS/.test(key));
    });
    expect(secrets).toHaveLength(6);
    for (const [, value] of secrets) expect(value).toMatch(/^(?:\$\{[A-Z_]+:\?[^}]+\},?)+$/);
  });

  it("has our namespace and search attributes, and shards for more than a trial", () => {
    const made = service("temporal-namespace");
    expect(environmentOf("temporal-namespace")["TEMPORAL_NAMESPACE"]).toBe(NAMESPACE);
    for (const name of [SYMBOL_ATTRIBUTE, ENCODER_ATTRIBUTE]) expect(made).toContain(name);
    expect(made).toContain(`--retention ${24 * RETENTION_DAYS}h`);
    expect(environmentOf("temporal")["NUM_HISTORY_SHARDS"]).toBe("128");
    expect(service("temporal")).toContain(`:-${TEMPORAL_BASE}}:7233`);
  });

  it("has a worker that takes all work and one with a GPU, both as nobody in particular", () => {
    expect(service("worker-cpu")).toMatch(/"--queue", "all"/);
    expect(service("worker-gpu")).toMatch(/"--queue", "gpu"[^]*driver: nvidia/);
    expect(service("worker-cpu")).toMatch(/user: "\$\{RHYME_UID:-1000\}/);
    const image = readFileSync(join(ROOT, "Dockerfile"), "utf8");
    const node = expect.stringMatching(/^node:24\.\d+\.\d+-bookworm-slim$/) as string;
    // What is built by default comes last, and is no GPU's.
    expect([...image.matchAll(/^FROM (\S+)/gm)].map(([, from]) => from)).toEqual([
      ...[node, "packages", node, "worker", "worker"],
    ]);
    const target = /target: (\S+)/.exec(service("worker-gpu"))![1]!;
    expect(image).toMatch(new RegExp(`^FROM worker AS ${target}$`, "m"));
    expect(image).toMatch(/^USER node$/m);
  });

  it("mounts files that are there", () => {
    const mounted = [...compose.matchAll(/^ {6}- (\.\/[^:]+):/gm)].map(([, file]) => file!);
    expect(mounted).toHaveLength(5);
    for (const file of mounted) expect(existsSync(join(ROOT, file))).toBe(true);
  });
});
