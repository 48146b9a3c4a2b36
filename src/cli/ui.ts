/**
 * What a command says: results to stdout, everything else to stderr. Colour only on a terminal and without
 * NO_COLOR; `quiet` silences notes and progress, never results or errors.
 */
export interface UiOptions {
  /** stdout carries exactly one JSON document; tables and text meant for people go to stderr. */
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

export type Cell = string | number | null;

export interface Progress {
  /** `done` units of the total are finished; an optional word says on what it works now. */
  update(done: number, what?: string): void;
  done(): void;
}

export interface Ui {
  /** The result, a line to stdout; under --json only the document itself may go there. */
  out(text: string): void;
  /** The one JSON document of a command run with --json. */
  json(document: unknown): void;
  /** A remark: stderr, nothing under --quiet. */
  note(text: string): void;
  /** The first row is the header; numbers are aligned right. stdout, or stderr under --json. */
  table(rows: readonly (readonly Cell[])[]): void;
  progress(label: string, total: number): Progress;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
}

/** The part of a stream that is used here, so that tests can pass their own. */
export interface UiStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface UiStreams {
  readonly stdout: UiStream;
  readonly stderr: UiStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** ms, monotonic. */
  readonly clock: () => number;
}

const NATIVE: UiStreams = {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  clock: () => performance.now(),
};

export function createUi(options: UiOptions = {}, streams: UiStreams = NATIVE): Ui {
  const { stdout, stderr } = streams;
  const people = options.json ? stderr : stdout;
  const colour = people.isTTY === true && !streams.env["NO_COLOR"] && streams.env["TERM"] !== "dumb";
  const paint = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const bold = paint(1);
  return {
    out: (text) => void stdout.write(`${text}\n`),
    json: (document) => void stdout.write(`${JSON.stringify(document)}\n`),
    note: (text) => void (options.quiet || stderr.write(`${text}\n`)),
    table: (rows) => void people.write(formatTable(rows, bold)),
    progress: (label, total) => (options.quiet ? SILENT : startProgress(label, total, streams)),
    bold,
    dim: paint(2),
    red: paint(31),
    green: paint(32),
  };
}

/** Columns padded to their widest cell, two spaces apart, no trailing blanks; null is an em dash. */
export function formatTable(
  rows: readonly (readonly Cell[])[],
  bold = (text: string): string => text,
): string {
  const text = rows.map((row) => row.map((cell) => (cell === null ? "–" : String(cell))));
  const columns = Math.max(0, ...text.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, c) =>
    Math.max(...text.map((row) => widthOf(row[c] ?? ""))),
  );
  const right = Array.from(
    { length: columns },
    (_, c) => rows.length > 1 && rows.slice(1).every((row) => isNumber(row[c])),
  );
  return text
    .map((row, r) => {
      const line = row
        .map((cell, c) => pad(cell, widths[c]!, right[c]!))
        .join("  ")
        .trimEnd();
      return `${r === 0 ? bold(line) : line}\n`;
    })
    .join("");
}

/** What reads as a number stands right: numbers, also as text with sign, unit signs or a percent sign. */
function isNumber(cell: Cell | undefined): boolean {
  if (cell === null || cell === undefined || typeof cell === "number") return true;
  return cell === "" || cell === "–" || /^[+\-−]?[\d,.]+(e[+-]?\d+)?\s?%?$/.test(cell);
}

function pad(cell: string, width: number, right: boolean): string {
  const blanks = " ".repeat(width - widthOf(cell));
  return right ? blanks + cell : cell + blanks;
}

const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

function widthOf(cell: string): number {
  return Array.from(cell.replace(ANSI, "")).length;
}

const SILENT: Progress = { update: () => undefined, done: () => undefined };

/** A terminal sees one line that rewrites itself; a log sees a line now and then. */
function startProgress(label: string, total: number, { stderr, clock }: UiStreams): Progress {
  const terminal = stderr.isTTY === true;
  const everyMs = terminal ? 100 : 10_000;
  const started = clock();
  let shown = terminal ? -Infinity : started;
  let drawn = false;
  const show = (text: string): void => {
    const line = terminal
      ? `\r\u001b[K${text.slice(0, Math.max(20, (stderr.columns ?? 80) - 1))}`
      : `${text}\n`;
    stderr.write(line);
    drawn = true;
  };
  return {
    update(done, what) {
      const now = clock();
      if (now - shown < everyMs) return;
      shown = now;
      show(
        [label, percent(done, total), remaining(done, total, now - started), what ?? ""]
          .filter(Boolean)
          .join("  "),
      );
    },
    done() {
      if (terminal && drawn) stderr.write("\r\u001b[K");
    },
  };
}

function percent(done: number, total: number): string {
  return total > 0 ? `${Math.floor((100 * Math.min(done, total)) / total)} %` : "";
}

/** Linear estimate of what is left; silent until a second has passed and something is done. */
function remaining(done: number, total: number, elapsedMs: number): string {
  if (done <= 0 || done >= total || elapsedMs < 1000) return "";
  return `about ${formatDuration((elapsedMs / done) * (total - done))} left`;
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** `512 B`, `4.2 kB`, `36 MB`, `1.2 GB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}
