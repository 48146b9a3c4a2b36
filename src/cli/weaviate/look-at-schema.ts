import { patternCollection } from "../../../weaviate/schema.ts";
import { aliasTargetOf } from "../../lib/memory/alias-target.ts";
import { planSchema, type SchemaPlan } from "../../lib/adapters/weaviate/schema-plan.ts";
import type { RolePlan } from "../../lib/adapters/weaviate/server-roles.ts";
import { wantedCollections, type WantedEncoders } from "../../lib/adapters/weaviate/wanted-collections.ts";
import { withMemory } from "../ask-memory.ts";
import type { AtServer } from "./with-server.ts";

export interface SchemaOptions {
  readonly memory?: string;
  readonly encoder?: readonly string[];
}

/** What the code and a memory want of a server, beside what it has. */
export interface Looked extends SchemaPlan {
  /** Null where the server decides nothing by roles, or this key may not read them. */
  readonly roles: readonly RolePlan[] | null;
  /** Where the alias leads, and where a memory's channels want it; null where they want nothing. */
  readonly alias: { readonly found: string | null; readonly wanted: string | null };
}

/** Reads the server; changes nothing. */
export async function lookAtSchema({ schema, roles }: AtServer, options: SchemaOptions): Promise<Looked> {
  const { encoders, reads } = await wantedOf(options);
  const found = await schema.list();
  const wanted = reads === null ? null : patternCollection(reads);
  return {
    ...planSchema(wantedCollections(encoders, found), found),
    roles: await roles.plan(),
    alias: { found: await schema.alias(), wanted },
  };
}

async function wantedOf({
  memory,
  encoder = [],
}: SchemaOptions): Promise<{ readonly encoders: WantedEncoders; readonly reads: string | null }> {
  const encoders = new Map(encoder.map((version) => [version, new Set<string>()]));
  if (memory === undefined) return { encoders, reads: null };
  return withMemory(memory, async (folder) => {
    const named = encoders.size > 0;
    for (const { encoder: version, contexts } of folder.holdings()) {
      if (named && !encoders.has(version)) continue;
      const horizons = encoders.get(version) ?? new Set();
      encoders.set(version, horizons);
      for (const horizon of Object.keys(contexts)) horizons.add(horizon);
    }
    return { encoders, reads: aliasTargetOf(folder) };
  });
}

/** Everything that is not as the code says, in words; nothing: the server is as it should be. */
export function problemsOf({ collections, roles, alias }: Looked): readonly string[] {
  const wrong = collections.filter(({ state }) => state !== "as wanted");
  return [
    ...wrong.map(({ collection, state }) => `${collection}: ${STATES[state]}`),
    ...(roles ?? [])
      .filter(({ state }) => state !== "as wanted")
      .map(({ role, user, state }) => `role ${role} of key ${user}: ${ROLE_STATES[state]}`),
    ...(alias.wanted !== null && alias.found !== alias.wanted
      ? [`alias: leads to ${alias.found ?? "nothing"}, channel default reads ${alias.wanted}`]
      : []),
  ];
}

export const STATES = {
  missing: "missing",
  "as wanted": "as wanted",
  other: "other parameters than the code's",
  older: "made by an older version of this program",
  newer: "made by a newer version of this program: update Rhyme",
  foreign: "foreign: of one of our names, but not made by this program",
} as const;

const ROLE_STATES = {
  missing: "missing",
  "as wanted": "as wanted",
  other: "other permissions than the code's",
  "not given": "not given to it",
} as const;
