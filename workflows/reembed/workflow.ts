import { continueAsNew, proxyActivities, upsertSearchAttributes } from "@temporalio/workflow";
import { LONG, SHORT } from "../activity-options.ts";
import type { Held } from "../messages.ts";
import { encoderAttribute } from "../search-attributes.ts";
import { temporalControl } from "../temporal-control.ts";
import type { ReembedActivities, ReembedResult } from "./activities.ts";
import { reembedPlan, type ReembedProgress, type ReembedState } from "./plan.ts";

const long = proxyActivities<ReembedActivities>(LONG);
const short = proxyActivities<ReembedActivities>(SHORT);

/** Another encoder version beside the old one: embedded, judged, switched; or the one before again. */
export async function reembed(from: ReembedState, held: Held): Promise<ReembedResult> {
  const control = temporalControl<ReembedProgress>(held, {
    ...{ phase: "begin", encoder: null, series: 0, done: from.next },
  });
  const { openReembed, endReembed } = short;
  const beginVersion: ReembedActivities["beginVersion"] = async (ref) => {
    const begun = await long.beginVersion(ref);
    upsertSearchAttributes([{ key: encoderAttribute, value: begun.to }]);
    return begun;
  };
  const { embedVersion, recordVersion, mirrorVersion, gateVersion } = long;
  const { switchVersion, leadAlias, rollbackVersion } = long;
  const ending = await reembedPlan(
    from,
    {
      ...{ openReembed, endReembed, beginVersion, embedVersion, recordVersion, mirrorVersion },
      ...{ gateVersion, switchVersion, leadAlias, rollbackVersion },
    },
    control,
  );
  await control.settled();
  if (ending.kind === "done") return ending.result;
  return continueAsNew<typeof reembed>(ending.state, control.held());
}
