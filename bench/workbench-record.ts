/** Medians of the rounds from nothing to the first chart, ms; `totals` has each round's own. */
export interface FirstPlotRecord {
  readonly startMs: number;
  readonly importMs: number;
  readonly readMs: number;
  readonly drawMs: number;
  readonly browserMs: number;
  readonly totalMs: number;
  readonly totals: readonly number[];
  /** Processor time of the kernel's process; null where it is not known. */
  readonly processorMs: number | null;
}

export type Caught = "before it runs" | "while it runs" | "never";

interface Both<T> {
  readonly rhyme: T;
  readonly python: T;
}

/** What scripts/compare-workbench.ts measured: the same tasks here and in JupyterLab's Python. */
export interface WorkbenchRecord {
  readonly schema: "rhyme.workbench/1";
  readonly measured: string;
  readonly machine: {
    readonly cores: number;
    readonly model?: string | undefined;
    readonly load: number;
    readonly node: string;
  };
  readonly python: string;
  readonly rows: number;
  readonly firstPlot: Both<FirstPlotRecord>;
  /** What one would draw rather than wait, ms; null where it failed. */
  readonly pythonDrawsInstead?: { readonly line: number | null; readonly days: number | null };
  readonly lines: Both<number>;
  readonly tasks: readonly (Both<{ readonly lines: number; readonly ms: number }> & {
    readonly what: string;
  })[];
  readonly mistakes: readonly (Both<Caught> & {
    readonly what: string;
    readonly ts: string;
    readonly py: string;
    /** What mypy finds in the notebook as a script; null where it was not asked. */
    readonly mypy: boolean | null;
  })[];
}
