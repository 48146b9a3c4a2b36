import { begin, connectTemporal, type Begin } from "../../workflows/client.ts";
import { followWorkflow } from "./follow-workflow.ts";
import { interruptSignal } from "./interrupt.ts";
import { serverAddress, type ServerOption } from "./server-option.ts";
import type { Ui } from "./ui.ts";

export interface StartOptions extends ServerOption {
  /** Say its id and leave. */
  readonly detach?: boolean;
  readonly json?: boolean;
}

/** Begins a workflow, or joins it where it runs, and shows it until it ends or the reader leaves. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- who prints a result knows what its workflow returns
export async function startWorkflow<Result>(
  wanted: Begin,
  options: StartOptions,
  ui: Ui,
  print?: (result: Result) => void,
): Promise<void> {
  const temporal = await connectTemporal(serverAddress(options));
  const json = options.json === true;
  try {
    await begin(temporal, wanted);
    if (!options.detach)
      return await followWorkflow(temporal, wanted.id, {
        ...{ ui, json, signal: interruptSignal() },
        ...(print ? { print } : {}),
      });
    if (json) ui.json({ schema: "rhyme.started/1", workflow: wanted.id });
    else ui.out(`${wanted.id}: ./rhyme watch ${wanted.id} shows how far it is`);
  } finally {
    await temporal.close();
  }
}
