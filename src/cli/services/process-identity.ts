import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, as the system says it. */
  readonly started: string;
}

/** Who runs as `pid` now; null where nobody does, or only a zombie that nobody has collected. */
export function identityOf(pid: number): ProcessIdentity | null {
  const started = existsSync("/proc/self/stat") ? startedLinux(pid) : startedElsewhere(pid);
  return started === null ? null : { pid, started };
}

/** Whether that very process still runs. */
export function stillRuns({ pid, started }: ProcessIdentity): boolean {
  return identityOf(pid)?.started === started;
}

/** The boot, and the ticks since it: the 22nd field of /proc/PID/stat, the 20th after the name in brackets. */
function startedLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return null;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${fields[19]}`;
  } catch {
    return null;
  }
}

function startedElsewhere(pid: number): string | null {
  try {
    const args = ["-o", "stat=,lstart=", "-p", String(pid)];
    const said = execFileSync("ps", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const [state, ...started] = said.trim().split(/\s+/);
    return state === undefined || state === "" || state.startsWith("Z") ? null : started.join(" ");
  } catch {
    return null; // ps found none
  }
}
