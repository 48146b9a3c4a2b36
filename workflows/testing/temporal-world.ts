import { inject } from "vitest";
import { pino, type Logger as Pino } from "pino";
import { connectTemporal, type TemporalClient } from "../client.ts";
import { ENCODER_ATTRIBUTE, SYMBOL_ATTRIBUTE } from "../queues.ts";
import { installRuntime, runWorkers, type WorkersOptions } from "../worker.ts";

const DAY_S = 86_400;
const KEYWORD = 2;

/** A namespace of its own on the server of this test run: queues and deployments of one test file are its own. */
export interface TemporalWorld extends TemporalClient {
  /** `temporal://127.0.0.1:PORT/NAMESPACE` */
  readonly address: string;
  /** Lines that workers of this process have logged. */
  readonly logged: Readonly<Record<string, unknown>>[];
  /** Begins workers in this process and waits until they poll; `end` ends them. */
  workers(options: WorldWorkers): Promise<{ readonly buildId: string; end(): Promise<void> }>;
}

export type WorldWorkers = Omit<WorkersOptions, "address" | "signal" | "log" | "threads" | "queues"> &
  Partial<Pick<WorkersOptions, "threads" | "queues">>;

let log: Pino | null = null;
const logged: Record<string, unknown>[] = [];

/** @param name letters, digits and dashes; the run's own where two files choose the same */
export async function temporalWorld(name: string): Promise<TemporalWorld> {
  const address = `${inject("temporal")!.address}/${name}`;
  const opened = await connectTemporal(address);
  await registerNamespace(opened, name);
  log ??= startLog();
  const workersLog = log;
  return {
    ...opened,
    address,
    logged,
    workers: async (options) => {
      const controller = new AbortController();
      let running: Promise<void> | undefined;
      const buildId = await new Promise<string>((onReady, reject) => {
        const own = { address, signal: controller.signal, log: workersLog };
        const usual = { threads: 1, queues: ["cpu", "gpu"] as const, graceMs: 0 };
        running = runWorkers({ ...usual, ...options, ...own, onReady });
        running.catch(reject);
      });
      const end = async (): Promise<void> => {
        controller.abort();
        await running;
      };
      return { buildId, end };
    },
  };
}

async function registerNamespace({ connection }: TemporalClient, namespace: string): Promise<void> {
  const { workflowService, operatorService } = connection;
  const period = { seconds: DAY_S as never };
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: period });
  const searchAttributes = { [SYMBOL_ATTRIBUTE]: KEYWORD, [ENCODER_ATTRIBUTE]: KEYWORD };
  await operatorService.addSearchAttributes({ namespace, searchAttributes });
}

/** The runtime of a process is installed once; its lines are kept for whoever asks. */
function startLog(): Pino {
  const kept = pino(
    { base: null },
    { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  installRuntime(kept, null);
  return kept;
}
