import { patternCollection } from "../../../weaviate/schema.ts";
import { GATE_MARGINS } from "../../lib/evaluation/versions/version-gate.ts";
import type { Ui } from "../ui.ts";
import {
  horizonsOf,
  type Switched,
  type VersionPlan,
} from "../../lib/adapters/folder/versions/version-work.ts";

/** What `reembed` would do. */
export function printDryRun(plan: VersionPlan, indexed: number, ui: Ui): void {
  const { tenant, channel, from, to, series, isRead } = plan;
  ui.table([
    ["series", "moments now", `embedded with ${to.version}`, "horizons"],
    ...series.map((one) => [
      `${one.symbol} ${one.timeframe}`,
      one.moments,
      one.embedded,
      one.horizons.join(" "),
    ]),
  ]);
  const { ratio, coverage, abstentions, recall } = GATE_MARGINS;
  ui.out(
    isRead
      ? `channel ${channel} of tenant ${tenant} reads ${to.version} already: only what is missing would be done`
      : `channel ${channel} of tenant ${tenant} would read ${to.version} in place of ${from ?? "nothing"}`,
  );
  ui.out(`${patternCollection(to.version)} holds ${indexed} moments of this tenant now`);
  ui.out(
    `the gate: equal counts, recall@10 at least ${recall}, and per horizon (${horizonsOf(plan).join(", ")}) no worse ` +
      `than the old version by more than ${ratio} of CRPS against climatology, ${coverage} of coverage, ` +
      `${abstentions} of the questions not answered`,
  );
  ui.note("nothing was written");
}

/** How it went: the gate, then what is read. */
export function printSwitched({ plan, gate, switched, alias }: Switched, ui: Ui): void {
  const { tenant, channel, from, to } = plan;
  if (gate.length > 0)
    ui.table([
      ["gate", "", "found"],
      ...gate.map(({ name, passed, told }) => [name, passed ? "passed" : "FAILED", told]),
    ]);
  if (!switched) {
    ui.out(`channel ${channel} of tenant ${tenant} reads ${from ?? "nothing"}: the gate did not open`);
    ui.note(
      `everything of ${to.version} is kept: switch --force would read it nevertheless, drop removes it`,
    );
    return;
  }
  ui.out(`channel ${channel} of tenant ${tenant} reads ${to.version}`);
  if (alias !== null) ui.out(`the alias leads to ${alias}`);
  if (from !== null && from !== to.version)
    ui.note(
      `${patternCollection(from)} stays for rollback; ./rhyme weaviate drop --encoder ${from} removes it`,
    );
}

/** A plan for programs. */
export function planOnly({ tenant, channel, from, to, series, isRead }: VersionPlan): object {
  return { tenant, channel, from, to: to.version, alreadyRead: isRead, series, margins: GATE_MARGINS };
}

/** The same as printSwitched for programs. */
export function switchedDocument(schema: string, { plan, gate, switched, alias }: Switched): object {
  return { schema, ...planOnly(plan), gate, switched, alias };
}

interface ChannelRow {
  readonly tenant: string;
  readonly channel: string;
  readonly encoder: string;
  readonly previous: string | null;
  readonly switchedAt: string;
}

export function printChannels(rows: readonly ChannelRow[], ui: Ui): void {
  if (rows.length === 0)
    return ui.out(
      "no channel is set: the only encoder is read, and where there are several whoever asks names one; reembed and switch set it",
    );
  ui.table([
    ["tenant", "channel", "reads", "before", "since"],
    ...rows.map((row) => [row.tenant, row.channel, row.encoder, row.previous, row.switchedAt]),
  ]);
}
