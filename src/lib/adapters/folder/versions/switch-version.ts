import { patternCollection } from "../../../../../weaviate/schema.ts";
import { aliasTargetOf } from "../../../memory/alias-target.ts";
import type { MemoryFolder } from "../../sqlite/open-memory.ts";
import { RhymeError } from "../../../errors.ts";
import type { PatternIndex } from "../../../memory/pattern-index.ts";
import { syncIndex } from "../../../memory/sync-index.ts";
import type { GateCheck } from "../../../evaluation/versions/version-gate.ts";
import { embedSeries, embedVersion } from "./embed-version.ts";
import { countsOf, judgeVersion } from "./judge-version.ts";
import { planVersion } from "./plan-version.ts";
import {
  reading,
  writing,
  type Switched,
  type VersionIndex,
  type VersionPlan,
  type VersionTools,
  type VersionWish,
} from "./version-work.ts";

/**
 * Makes a channel read an encoder version, from the stored candles to the alias, without a pause for those who ask:
 * embed, mirror, drain, judge, switch. Every step leaves alone what was done before, so it may be killed anywhere and
 * run again; until the one row is switched everybody reads the old version.
 */
export async function reembed(wish: VersionWish, tools: VersionTools): Promise<Switched> {
  const plan = await reading(wish, (folder) => planVersion(folder, wish));
  await embedVersion(wish, plan, tools);
  return switchTo(wish, plan, tools, false);
}

/** The same for a version of which the memory holds some moments; `force` switches whatever the gate says. */
export async function switchVersion(
  wish: VersionWish,
  tools: VersionTools,
  force: boolean,
): Promise<Switched> {
  const plan = await reading(wish, (folder) => planVersion(folder, wish, "nothing"));
  if (plan.series.every(({ embedded }) => embedded === 0)) throw notEmbedded(wish, plan);
  await embedVersion(wish, plan, tools); // the gate judges what will be read, not a part of it
  return switchTo(wish, plan, tools, force);
}

async function switchTo(
  wish: VersionWish,
  plan: VersionPlan,
  tools: VersionTools,
  force: boolean,
): Promise<Switched> {
  await mirrorVersion(wish, plan, tools);
  const gate = await gateVersion(wish, plan, tools);
  if (!force && !isPassed(gate)) return { plan, gate, switched: false, alias: null };
  await takeVersion(wish, plan, tools, force);
  const alias = await leadAlias(wish, tools);
  tools.onStep?.("end");
  return { plan, gate, switched: true, alias };
}

/** Everything of the version into the index; nothing where there is none. */
export async function mirrorVersion(
  wish: VersionWish,
  plan: VersionPlan,
  tools: VersionTools,
): Promise<void> {
  if (tools.index === null) return;
  tools.onStep?.("mirror");
  await writing(wish, tools, (folder) => mirror(folder, plan, tools));
  tools.onStep?.("drain");
  await drain(plan, tools);
}

/** What is judged before the version is read. One that is read already was judged before it was: nothing. */
export async function gateVersion(
  wish: VersionWish,
  plan: VersionPlan,
  tools: VersionTools,
): Promise<readonly GateCheck[]> {
  tools.onStep?.("gate");
  return plan.isRead ? [] : reading(wish, (folder) => judgeVersion(folder, plan, tools));
}

/** What came in meanwhile, then the one row. @throws RhymeError "store" where something of it is missing all the same */
export async function takeVersion(
  wish: VersionWish,
  plan: VersionPlan,
  tools: VersionTools,
  force = false,
): Promise<void> {
  tools.onStep?.("catch up");
  await writing(wish, tools, async (folder) => {
    await catchUp(folder, wish, plan, tools, force);
    tools.onStep?.("switch");
    folder.channels.switch(plan.tenant, plan.channel, plan.to.version, tools.now());
  });
}

/** The alias follows the channels; null where there is no index, or it leads nowhere. */
export async function leadAlias(wish: VersionWish, { index, onStep }: VersionTools): Promise<string | null> {
  if (index === null) return null;
  onStep?.("alias");
  return reading(wish, (folder) => followChannels(folder, index));
}

/** Everything of the version into the index, while nobody else writes: what is read here would go over theirs. */
async function mirror(folder: MemoryFolder, plan: VersionPlan, tools: VersionTools): Promise<void> {
  const { index, onProgress, signal } = tools;
  if (index === null) return;
  const source = folder.patternSource(plan.tenant, plan.to);
  const total = source.count();
  await syncIndex(source, indexOf(plan, index), {
    signal,
    onProgress: (done) => void onProgress?.({ what: "filling the index", done, total }),
  });
}

/** The queue of the index: then what was acknowledged is found. */
async function drain(plan: VersionPlan, { index, signal }: VersionTools): Promise<void> {
  if (index !== null) await indexOf(plan, index).settled({ signal });
}

function indexOf({ tenant, to }: VersionPlan, at: NonNullable<VersionTools["index"]>): PatternIndex {
  return at.server.tenant(tenant).patterns({ encoderVersion: to.version, dim: to.dim });
}

/** What came in while the new version was made; nobody else writes from here to the switch. */
async function catchUp(
  folder: MemoryFolder,
  wish: VersionWish,
  before: VersionPlan,
  tools: VersionTools,
  force: boolean,
): Promise<void> {
  const plan = { ...before, series: (await planVersion(folder, wish, "nothing")).series };
  for (const one of plan.series) await embedSeries(folder, plan, one, tools);
  await mirror(folder, plan, tools);
  await drain(plan, tools);
  const counts = await countsOf(folder, plan, tools);
  const wrong = counts.find(({ wanted, found }) => wanted !== found);
  if (wrong && !force)
    throw new RhymeError("store", {
      place: `encoder ${plan.to.version}, ${wrong.name}`,
      expected: String(wrong.wanted),
      received: String(wrong.found),
      remedy: "The old version is still read. Run the same command again.",
    });
}

/** Leads the alias to what the channels say, unless they differ or nothing of it is there; returns where it leads. */
export async function followChannels(
  folder: MemoryFolder,
  { schema }: Pick<VersionIndex, "schema">,
): Promise<string | null> {
  const version = aliasTargetOf(folder);
  const leads = await schema.alias();
  if (version === null) return leads;
  const wanted = patternCollection(version);
  if (leads === wanted || (await schema.get(wanted)) === null) return leads;
  await schema.setAlias(wanted);
  return wanted;
}

/** Whether every check was passed. */
export function isPassed(gate: readonly GateCheck[]): boolean {
  return gate.every(({ passed }) => passed);
}

function notEmbedded({ tenant }: VersionWish, { to }: VersionPlan): RhymeError {
  return new RhymeError("usage", {
    place: `--encoder ${to.version}`,
    expected: `a version whose moments tenant ${tenant} holds`,
    received: "none of them",
    remedy: "Embed them first: ./rhyme weaviate reembed with the same options.",
  });
}
