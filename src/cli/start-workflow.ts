import {
  begin,
  connectTemporal,
  type Begin,
  type ResultOf,
  type WorkflowType,
} from "../../workflows/client.ts";
import { followWorkflow, type FollowOptions } from "./follow-workflow.ts";
import { interruptSignal } from "./interrupt.ts";
import { serverAddress, type ServerOption } from "./server-option.ts";
import type { Ui } from "./ui.ts";

export interface StartOptions extends ServerOption {
  /** Say its id and leave. */
  readonly detach?: boolean;
  readonly json?: boolean;
}

/** Begins a workflow, or joins it where it runs, and shows it until it ends or the reader leaves. */
export async function startWorkflow<Type extends WorkflowType>(
  wanted: Begin<Type>,
  options: StartOptions,
  ui: Ui,
  told: Pick<FollowOptions<ResultOf<Type>>, "print" | "failed"> = {},
): Promise<void> {
  const temporal = await connectTemporal(serverAddress(options));
  const json = options.json === true;
  try {
    await begin(temporal, wanted);
    if (!options.detach)
      return await followWorkflow(temporal, wanted.id, {
        ...{ ui, json, signal: interruptSignal() },
        ...told,
      });
    if (json) ui.json({ schema: "rhyme.started/1", workflow: wanted.id });
    else ui.out(`${wanted.id}: ./rhyme watch ${wanted.id} shows how far it is`);
  } finally {
    await temporal.close();
  }
}
