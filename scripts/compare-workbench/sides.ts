import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startKernel, startKernelProcess, type KernelProcess } from "../../src/lab/start-kernel.ts";

export interface Task {
  readonly what: string;
  readonly code: string;
  readonly lines: number;
}

/** One way of working: its tasks, and a fresh kernel for them. */
export interface Side {
  readonly tasks: readonly Task[];
  /** A line that prints "it ran". */
  readonly loud: string;
  readonly start: () => Promise<KernelProcess>;
}

export interface Sides {
  readonly rhyme: Side;
  readonly python: Side;
}

/** Both read the candles whose file the environment names. */
export function bothSides(python: string, folder: string, env: Readonly<Record<string, string>>): Sides {
  return {
    rhyme: {
      tasks: tasksOf("tasks.ts", "//"),
      loud: 'console.log("it ran");',
      start: () => startKernel(fileURLToPath(new URL("../../notebooks/", import.meta.url))),
    },
    python: {
      tasks: tasksOf("tasks.py", "#"),
      loud: 'print("it ran")',
      start: () =>
        startKernelProcess((file) => [python, "-m", "ipykernel_launcher", "-f", file], folder, env),
    },
  };
}

function tasksOf(file: string, mark: string): Task[] {
  const text = readFileSync(new URL(file, import.meta.url), "utf8");
  return text
    .split(`${mark} %% `)
    .slice(1)
    .map((part) => {
      const [what, ...rest] = part.trimEnd().split("\n");
      const isCode = (line: string): boolean => line.trim() !== "" && !line.trim().startsWith(mark);
      return { what: what!, code: rest.join("\n"), lines: rest.filter(isCode).length };
    });
}
