import type { MeanWithError } from "../../math/scores/mean-with-error.ts";
import type { Scoreboard } from "../../evaluation/scoreboard.ts";
import { bestByChance, type TrialLedger } from "../../evaluation/trial-ledger.ts";
import { html } from "../html/html.ts";
import { counted } from "../text/words.ts";
import type { MimeBundle } from "./host.ts";
import { styled } from "./output-style.ts";
import { rowsTable } from "./rows-table.ts";
import { tableHtml, tableText, type TableColumns } from "./table-output.ts";

/** Contenders, best first, each beside the best baseline, under the sentence that may be said of them. */
export function scoreboardBundle(board: Scoreboard): MimeBundle {
  const { rows, measure, better, blocks, verdict } = board;
  const table = rowsTable(
    rows.map(({ name, isBaseline, ahead, wins, ...score }) => ({
      contender: name,
      kind: isBaseline ? "baseline" : "",
      [measure]: stated(score),
      "ahead of the best baseline": ahead ? signed(ahead) : "–",
      "blocks won": ahead ? `${wins} / ${blocks}` : "–",
    })),
  );
  const caption = `${better} is better; mean ± standard error over ${counted(blocks, "block")}`;
  return bundle(verdict, table, caption);
}

/** Everything that was tried, in order, under how good the best of so many is by chance. */
export function trialsBundle(ledger: TrialLedger): MimeBundle {
  const { trials, measure, better } = ledger;
  const names = [...new Set(trials.flatMap(({ settings }) => Object.keys(settings)))];
  const table = rowsTable(
    trials.map(({ name, settings, score, error }, i) => ({
      "#": i + 1,
      trial: name,
      ...Object.fromEntries(names.map((setting) => [setting, settings[setting] ?? null])),
      [measure]: error === undefined ? short(score) : stated({ mean: score, error }),
    })),
  );
  return bundle(luck(ledger), table, `every trial of this question, in order; ${better} is better`, 60);
}

function luck(ledger: TrialLedger): string {
  const chance = bestByChance(ledger);
  const count = counted(ledger.trials.length, "trial");
  if (!chance) return `${count}: too few to say what the best of them owes to chance.`;
  const { best, expected, mean } = chance;
  return (
    `${count}; the best is ${best.name} with ${short(best.score)}. Were all equally good, at their mean of ` +
    `${short(mean)}, the best of so many would be expected at ${short(expected)}.`
  );
}

function bundle(said: string, table: TableColumns, caption: string, rows = 40): MimeBundle {
  return {
    "text/html": styled(html`<p class="head"><b>${said}</b></p>`, tableHtml(table, { caption, rows })),
    "text/plain": `${said}\n${tableText(table, { caption, rows })}`,
  };
}

function stated({ mean, error }: MeanWithError): string {
  return Number.isFinite(error) ? `${short(mean)} ± ${short(error)}` : short(mean);
}

function signed({ mean, error }: MeanWithError): string {
  return `${mean > 0 ? "+" : ""}${stated({ mean, error })}`;
}

function short(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(4)).replace("-", "−");
}
