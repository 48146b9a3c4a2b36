import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../test-runner/run-tool.ts";
import { portsFrom } from "./ports.ts";
import {
  weaviateEnvironment,
  WEAVIATE_SETTINGS,
  WEAVIATE_USERS,
  WEAVIATE_VERSION,
} from "./weaviate-settings.ts";

const compose = readFileSync(join(ROOT, "docker-compose.yml"), "utf8");

/** The lines below `environment:`, as name and value. */
const environment = Object.fromEntries(
  [...compose.matchAll(/^ {6}([A-Z_]+): "(.*)"$/gm)].map(([, name, value]) => [name!, value!]),
);

describe("docker-compose.yml", () => {
  it("has the settings of a native server, to the last one", () => {
    const native = weaviateEnvironment(portsFrom(8585), "/data", { admin: "a", write: "w", read: "r" });
    const ofTheMachine = Object.keys(native).filter((name) => /PORT$|BIND_ADDR$/.test(name));
    const wanted = Object.keys(native).filter((name) => !ofTheMachine.includes(name) || name === "GRPC_PORT");
    expect(Object.keys(environment).toSorted()).toEqual(wanted.toSorted());
    expect(environment).toMatchObject(WEAVIATE_SETTINGS);
  });

  it("pins the image to the version that is built natively", () => {
    expect(compose.match(/image: (.*)/)![1]).toBe(
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
    expect(published).toHaveLength(2);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:/);
    expect(compose).toMatch(/- weaviate:\/var\/lib\/weaviate$/m);
    expect(environment["PERSISTENCE_DATA_PATH"]).toBe("/var/lib/weaviate");
  });
});
