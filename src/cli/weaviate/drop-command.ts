import type { Command } from "commander";
import { commonCollections, encoderOf, patternCollection } from "../../../weaviate/schema.ts";
import { RhymeError } from "../../lib/errors.ts";
import { checkEncoderVersion, checkTenant } from "../../lib/memory/names.ts";
import { withMemory } from "../ask-memory.ts";
import { confirm } from "../confirm.ts";
import { addServerOptions } from "./schema-commands.ts";
import { withServer, type AtServer, type ServerOptions } from "./with-server.ts";

interface DropOptions extends ServerOptions {
  readonly encoder?: string;
  readonly tenant?: string;
  readonly all?: boolean;
  readonly memory?: string;
  readonly yes?: boolean;
}

/** `./rhyme weaviate drop`: a collection, a tenant of it, or all of ours; the memory keeps everything. */
export function addDrop(command: Command): void {
  addServerOptions(command.command("drop"))
    .summary("drop a version, one tenant of it, or all of ours; asks first")
    .description("Drops what the server holds of a memory; the memory itself keeps everything.")
    .option("--encoder <version>", "the collection of this encoder version")
    .option("--tenant <name>", "only what this tenant has there; without --encoder in every collection")
    .option("--all", "every collection of ours, and the alias; others on the server stay")
    .option("--memory <folder>", "says which of its channels read what goes")
    .option("--yes", "do not ask; needed where there is no terminal")
    .action((options: DropOptions) => withServer(options, (at) => drop(at, options)));
}

async function drop(at: AtServer, options: DropOptions): Promise<void> {
  const { encoder, tenant, all = false, yes = false, index } = options;
  const named = encoder !== undefined || tenant !== undefined;
  if (all === named) throw usage("drop", "--all, or --encoder, --tenant or both", all ? "both" : "neither");
  if (encoder !== undefined) checkEncoderVersion(encoder);
  if (tenant !== undefined) checkTenant(tenant);
  const there = await goes(at, options);
  for (const line of await preview(options, there)) at.ui.note(line);
  await confirm(tenant ?? encoder ?? "all", yes, at.signal, process, "drop");
  for (const { collection, version, tenants } of there) {
    at.signal.throwIfAborted();
    // The marks go first: they say that a server holds what it is about to lose.
    if (version !== null)
      for (const one of tenants)
        await at.server.tenant(one).patterns({ encoderVersion: version, dim: 1 }).clear();
    if (tenant === undefined) await at.schema.drop(collection);
    else if (version === null) await at.server.tenant(tenant).collection(collection).removeAll();
  }
  if (all) await at.schema.dropAlias();
  const dropped = there.map(({ collection, tenants }) => ({ collection, tenants }));
  if (options.json) return at.ui.json({ schema: "rhyme.weaviate.drop/1", index, dropped });
  at.ui.out(dropped.length === 0 ? "nothing was there" : `dropped: ${dropped.map(nameOf).join(", ")}`);
}

interface Goes {
  readonly collection: string;
  /** Null for a collection that holds no patterns. */
  readonly version: string | null;
  readonly tenants: readonly string[];
}

async function goes({ schema, server }: AtServer, { encoder, tenant }: DropOptions): Promise<Goes[]> {
  const common = new Set(commonCollections().map((one) => one.class));
  const found = (await schema.list()).map((one) => one.class);
  const ours = found.filter((name) =>
    encoder === undefined
      ? common.has(name) || encoderOf(name) !== null
      : name === patternCollection(encoder),
  );
  // The marks' own collection last: until then they can be taken back one by one.
  ours.sort((a, b) => Number(common.has(a)) - Number(common.has(b)));
  const plans: Goes[] = [];
  for (const collection of ours) {
    const path = `/schema/${collection}/tenants`;
    const { status, json } = await server.connection.rest.call("GET", path, { also: [422] });
    const tenants =
      status === 200 ? (json as readonly { name: string }[]).map(({ name }) => name).sort() : [];
    const mine = tenants.filter((name) => tenant === undefined || name === tenant);
    if (tenant === undefined || mine.length > 0)
      plans.push({ collection, version: encoderOf(collection), tenants: mine });
  }
  return plans;
}

async function preview({ memory, index }: DropOptions, there: readonly Goes[]): Promise<string[]> {
  const lines = there.map((one) => `  ${nameOf(one)}`);
  const versions = new Set(there.map(({ version }) => version));
  const read =
    memory === undefined
      ? []
      : await withMemory(memory, async (folder) =>
          folder.channels.list().filter(({ encoder }) => versions.has(encoder)),
        );
  return [
    `this drops from ${index}; memory folders keep everything, and rebuild fills it again:`,
    ...(lines.length > 0 ? lines : ["  nothing: it is not there"]),
    ...read.map(
      ({ tenant, channel, encoder }) => `channel ${channel} of tenant ${tenant} reads ${encoder} now`,
    ),
  ];
}

function nameOf({ collection, tenants }: Pick<Goes, "collection" | "tenants">): string {
  return `${collection} (${tenants.length > 0 ? `tenants ${tenants.join(", ")}` : "no tenant"})`;
}

function usage(place: string, expected: string, received: string): RhymeError {
  return new RhymeError("usage", { place, expected, received, remedy: "Say what to drop." });
}
