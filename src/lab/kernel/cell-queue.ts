import type { Json, Message } from "../jupyter-wire.ts";
import type { CompilerClient } from "./compiler-client.ts";
import { diagnosticsError } from "./diagnostics-error.ts";
import { streamBuffer } from "./stream-buffer.ts";
import type { CellError, CompiledCell, FrontMessage, Outcome, RunnerMessage } from "./threads.ts";

export interface QueueParts {
  readonly compiler: CompilerClient;
  readonly send: (message: FrontMessage) => void;
  readonly publish: (parent: Message, type: string, content: Json, metadata?: Json) => void;
  readonly reply: (to: Message, content: Json, metadata?: Json) => void;
}

export interface CellQueue {
  add(request: Message): void;
  readonly onRunner: (message: RunnerMessage) => void;
  /** The cell that is being checked will not be run. */
  interrupt(): void;
}

interface ExecuteRequest {
  readonly code: string;
  readonly silent?: boolean;
  readonly store_history?: boolean;
  readonly stop_on_error?: boolean;
}

const SKIPPED = "Not run, because a cell before it failed. Run it by itself, or run all again.\n";

const INTERRUPTED_EARLY: CellError = {
  ename: "Interrupted",
  evalue: "Interrupted before the cell began.",
  traceback: ["Interrupted before the cell began."],
};

const INTERRUPTED_LATE: CellError = {
  ename: "Interrupted",
  evalue: "Interrupted as the cell ended.",
  traceback: ["Interrupted as the cell ended."],
};

/** Of a cell that was stopped and never said that it ended. */
const LOST: Outcome = {
  error: INTERRUPTED_LATE,
  assigned: [],
  ...{ milliseconds: 0, heapGrowth: 0, heap: 0, resident: 0, processor: 0, tensors: null },
  ...{ strays: 0, filesRead: [] },
};

/** A cell that was stopped says so within this time, ms. */
const LAST_WORD = 1000;

/** Cells one after another. A failing cell takes those with it that wait already; what is sent later is run. */
export function cellQueue({ compiler, send, publish, reply }: QueueParts): CellQueue {
  const waiting: Message[] = [];
  const parents = new Map<number, Message>();
  let [count, runs] = [0, 0];
  let isBusy = false;
  let stopCheck: ((reply: null) => void) | null = null;
  let onDone: ((outcome: Outcome) => void) | null = null;
  const streams = streamBuffer((run, name, text) => {
    const parent = parents.get(run);
    if (parent) publish(parent, "stream", { name, text });
  });

  const add = (request: Message): void => {
    waiting.push(request);
    if (!isBusy) void drain();
  };

  const drain = async (): Promise<void> => {
    isBusy = true;
    for (let request = waiting.shift(); request; request = waiting.shift()) {
      publish(request, "status", { execution_state: "busy" });
      const failed = await execute(request).catch((error: unknown) => kernelError(error));
      if (failed) fail(request, failed);
      publish(request, "status", { execution_state: "idle" });
      const { stop_on_error: stops = true } = request.content as unknown as ExecuteRequest;
      if (failed && stops) waiting.splice(0).forEach(skip);
    }
    isBusy = false;
  };

  const execute = async (request: Message): Promise<CellError | null> => {
    const {
      code,
      silent = false,
      store_history: counts = true,
    } = request.content as unknown as ExecuteRequest;
    if (!silent && counts) count++;
    if (!silent) publish(request, "execute_input", { code, execution_count: count });
    if (code.trim() === "") return succeed(request, null);
    const stopped = new Promise<null>((resolve) => (stopCheck = resolve));
    const compiled = await Promise.race([compiler.ask({ kind: "compile", code }), stopped]);
    stopCheck = null;
    if (!compiled) return INTERRUPTED_EARLY;
    if (!compiled.ok) return diagnosticsError(code, compiled.diagnostics);
    const outcome = await run(request, code, compiled.cell);
    await compiler.ask({ kind: "commit", names: outcome.error ? outcome.assigned : null });
    return outcome.error ?? succeed(request, outcome);
  };

  const run = (request: Message, code: string, cell: CompiledCell): Promise<Outcome> => {
    parents.set(++runs, request);
    const id = request.metadata["cellId"];
    const cellId = typeof id === "string" ? id : null;
    return new Promise((resolve) => {
      onDone = (outcome) => {
        onDone = null;
        resolve(outcome);
      };
      send({ type: "run", run: runs, count, cellId, code, cell });
    });
  };

  const succeed = (request: Message, outcome: Outcome | null): null => {
    const metadata = outcome ? { rhyme: costOf(outcome) } : {};
    reply(request, { status: "ok", execution_count: count, payload: [], user_expressions: {} }, metadata);
    return null;
  };

  const fail = (request: Message, error: CellError): void => {
    streams.flush();
    publish(request, "error", { ...error });
    reply(request, { status: "error", execution_count: count, ...error });
  };

  /** Says so in the cell, or its author would take its old output for a new one. */
  const skip = (request: Message): void => {
    publish(request, "status", { execution_state: "busy" });
    publish(request, "stream", { name: "stderr", text: SKIPPED });
    reply(request, { status: "aborted", execution_count: count });
    publish(request, "status", { execution_state: "idle" });
  };

  const expectEnd = (): void => {
    const open = onDone;
    if (open) setTimeout(() => open === onDone && open(LOST), LAST_WORD);
  };

  return {
    add,
    interrupt: () => stopCheck?.(null),
    onRunner: (message) => {
      if (message.type === "stream") return streams.add(message.run, message.name, message.text);
      streams.flush();
      if (message.type === "interrupted") expectEnd();
      if (message.type === "done" && message.run === runs) onDone?.(message.outcome);
      const parent = "run" in message ? parents.get(message.run) : undefined;
      if (!parent) return;
      if (message.type === "result") {
        const { silent = false } = parent.content as unknown as ExecuteRequest;
        if (!silent)
          publish(parent, "execute_result", { execution_count: count, data: message.data, metadata: {} });
      }
      if (message.type === "display") {
        const { data, metadata, displayId, update } = message;
        const transient = displayId === null ? {} : { display_id: displayId };
        publish(parent, update ? "update_display_data" : "display_data", { data, metadata, transient });
      }
    },
  };
}

function costOf({ error: _error, assigned: _assigned, ...cost }: Outcome): Json {
  return cost;
}

function kernelError(error: unknown): CellError {
  const evalue = error instanceof Error ? error.message : String(error);
  const advice = "This is a mistake of the kernel, not of the cell. Restart the kernel if it comes again.";
  return { ename: "Kernel", evalue, traceback: [`Kernel: ${evalue}`, advice] };
}
