import type { Command } from "commander";
import { performance } from "node:perf_hooks";
import { patternCollection } from "../../../weaviate/schema.ts";
import { besideWriter } from "../../lib/adapters/sqlite/channels-beside-writer.ts";
import { RhymeError } from "../../lib/errors.ts";
import { isBehind } from "../../lib/memory/sync-index.ts";
import { iso } from "../../lib/time/units.ts";
import { numberOf } from "../candle-options.ts";
import { EXIT } from "../errors.ts";
import { createUi, type Ui } from "../ui.ts";
import { planVersion } from "../../lib/adapters/folder/versions/plan-version.ts";
import { addServerOptions } from "./schema-commands.ts";
import { followChannels, reembed, switchVersion } from "../../lib/adapters/folder/versions/switch-version.ts";
import { printChannels, printDryRun, printSwitched, switchedDocument, planOnly } from "./version-text.ts";
import {
  reading,
  type VersionTools,
  type VersionWish,
} from "../../lib/adapters/folder/versions/version-work.ts";
import { workOn } from "../work-on.ts";
import { withServer, type AtServer, type ServerOptions } from "./with-server.ts";

interface VersionOptions extends ServerOptions, VersionWish {
  readonly questions: number;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

function addVersionOptions(command: Command): Command {
  return command
    .requiredOption("--memory <folder>", "the memory that is the truth")
    .option("--tenant <name>", "whose", "default")
    .option("--channel <name>", "which of its channels reads it", "default");
}

function addGateOptions(command: Command): Command {
  return addVersionOptions(addServerOptions(command))
    .requiredOption("--encoder <version>", "a version of the memory, or an artefact: OTHER/encoders/VERSION")
    .option(
      "--questions <count>",
      "about how many questions the gate asks of the index",
      numberOf("--questions", 1),
      200,
    );
}

/** `./rhyme weaviate reembed`: from the stored candles to the switch. */
export function addReembed(command: Command): void {
  addGateOptions(command.command("reembed"))
    .summary("a new encoder version without a pause: embed, fill, judge, switch")
    .description(
      "Embeds everything with another encoder, fills its collection, judges it and switches to it.",
    )
    .option("--dry-run", "say what would be done; write nothing")
    .action((options: VersionOptions) =>
      withServer(options, (at) => (options.dryRun ? dryRun(at, options) : runReembed(at, options))),
    );
}

async function dryRun(at: AtServer, options: VersionOptions): Promise<void> {
  await reading(options, async (folder) => {
    const plan = await planVersion(folder, options);
    const { to, tenant } = plan;
    const index = at.server.tenant(tenant).patterns({ encoderVersion: to.version, dim: to.dim });
    const indexed = await index.count();
    if (options.json)
      at.ui.json({ ...planOnly(plan), schema: "rhyme.weaviate.reembed/1", dryRun: true, indexed });
    else printDryRun(plan, indexed, at.ui);
  });
}

async function runReembed(at: AtServer, options: VersionOptions): Promise<void> {
  const result = await shown(at, options, (tools) => reembed(options, tools));
  if (options.json) at.ui.json(switchedDocument("rhyme.weaviate.reembed/1", result));
  else printSwitched(result, at.ui);
  if (!result.switched) process.exitCode = EXIT.checksFailed;
}

/** `./rhyme weaviate switch`: a version that is embedded already, such as one that a canary reads. */
export function addSwitch(command: Command): void {
  addGateOptions(command.command("switch"))
    .summary("let a channel read a version that is embedded already, after the same gate")
    .description("Judges a version that the memory holds and lets a channel read it.")
    .option("--force", "switch whatever the gate says")
    .action((options: VersionOptions) =>
      withServer(options, async (at) => {
        const force = options.force === true;
        const result = await shown(at, options, (tools) => switchVersion(options, tools, force));
        if (options.json) at.ui.json(switchedDocument("rhyme.weaviate.switch/1", result));
        else printSwitched(result, at.ui);
        if (!result.switched) process.exitCode = EXIT.checksFailed;
      }),
    );
}

/** Does the work of a version and shows how far it is. */
async function shown<T>(
  { server, schema, ui, signal }: AtServer,
  { questions, quiet }: VersionOptions,
  work: (tools: VersionTools) => Promise<T>,
): Promise<T> {
  const told = workOn(ui, signal);
  try {
    return await work({
      ...{ ...told, index: { server, schema }, questions, now: () => Date.now() },
      onStep: (step) => void (quiet || ui.note(`step: ${step}`)),
    });
  } finally {
    told.end();
  }
}

type RollbackOptions = Omit<VersionWish, "encoder"> & Partial<ServerOptions>;

/** `./rhyme weaviate rollback`: the version before, with or without a server. */
export function addRollback(command: Command): void {
  addVersionOptions(command.command("rollback"))
    .summary("read the version before again; needs no server, the alias follows where one is named")
    .description("Lets a channel read again what it read before the last switch.")
    .option("--index <address>", "the server whose alias shall follow: weaviate://HOST:PORT")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks")
    .action(runRollback);
}

async function runRollback(options: RollbackOptions): Promise<void> {
  const { memory, tenant, channel, index } = options;
  const ui = createUi(options);
  const began = performance.now();
  const row = besideWriter(memory, (channels) => channels.rollback(tenant, channel, Date.now()));
  const tookMs = performance.now() - began;
  const alias = index === undefined ? null : await aliasAfter(options, index, row.encoder, ui);
  const told = { ...row, switchedAt: iso(row.switchedAt), tookMs: Math.round(10 * tookMs) / 10 };
  if (options.json) return ui.json({ schema: "rhyme.weaviate.rollback/1", ...told, alias });
  ui.out(`channel ${channel} of tenant ${tenant} reads ${row.encoder} again, after ${told.tookMs} ms`);
  if (alias !== null) ui.out(`the alias leads to ${alias}`);
  ui.note(
    `anything remembered since the switch is missing from it: ./rhyme remember --encoder ${row.encoder} adds it`,
  );
}

/** The row is the truth: a server that is away does not keep anybody from going back. */
async function aliasAfter(
  options: RollbackOptions,
  index: string,
  version: string,
  ui: Ui,
): Promise<string | null> {
  try {
    return await withServer({ ...options, index }, (at) =>
      reading(options, async (folder) => {
        const held = folder.holdings(options.tenant).find(({ encoder }) => encoder === version);
        const identity = { version, dim: held?.dim ?? 1 };
        const patterns = at.server
          .tenant(options.tenant)
          .patterns({ encoderVersion: version, dim: identity.dim });
        if (await isBehind(folder.patternSource(options.tenant, identity), patterns))
          ui.note(`${patternCollection(version)} is behind the memory or gone: remember --index fills it`);
        return followChannels(folder, at);
      }),
    );
  } catch (error) {
    if (!(error instanceof RhymeError)) throw error;
    ui.note(`the alias was left as it is: ${error.message}`);
    return null;
  }
}

/** `./rhyme weaviate channels`: who reads what. */
export function addChannels(command: Command): void {
  command
    .command("channels")
    .summary("which version every tenant reads, by channel")
    .description("Prints which encoder version every tenant of a memory reads.")
    .requiredOption("--memory <folder>", "the memory")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .action(async (options: { readonly memory: string; readonly json?: boolean }) => {
      const ui = createUi(options);
      const rows = await reading(options, async (folder) => folder.channels.list());
      const channels = rows.map((row) => ({ ...row, switchedAt: iso(row.switchedAt) }));
      if (options.json) ui.json({ schema: "rhyme.weaviate.channels/1", memory: options.memory, channels });
      else printChannels(channels, ui);
    });
}
