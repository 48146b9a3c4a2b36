import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { WorkerNews, WorkerOrders } from "./doomed-worker.ts";

const FILE = fileURLToPath(new URL("./doomed-worker.ts", import.meta.url));
const FLAGS = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning"];

/** A worker in a process of its own: loaded at once, begun when told, so that one that is killed is soon replaced. */
export class WorkerProcess {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #waiting = new Map<WorkerNews, () => void>();
  readonly #told = new Set<WorkerNews>();
  #said = "";
  #alive = true;

  constructor() {
    this.#process = fork(FILE, { execArgv: FLAGS, stdio: ["ignore", "ignore", "pipe", "ipc"] });
    this.#process.stderr!.on("data", (data) => (this.#said += String(data)));
    this.#process.on("message", (news: WorkerNews) => {
      this.#told.add(news);
      this.#waiting.get(news)?.();
    });
    this.#process.on("error", () => undefined); // told something after its end
    this.#ended = new Promise((resolve) => {
      this.#process.once("exit", () => {
        this.#alive = false;
        for (const wake of this.#waiting.values()) wake();
        resolve();
      });
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** What it wrote to stderr. */
  get said(): string {
    return this.#said;
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** Resolves once it polls, or has ended. */
  async begin(orders: WorkerOrders): Promise<void> {
    const ready = this.#heard("ready");
    this.tell(orders);
    await ready;
  }

  tell(orders: WorkerOrders): void {
    this.#told.delete("busy");
    if (this.#alive) this.#process.send(orders);
  }

  /** Resolves when it says so, or has ended. */
  #heard(news: WorkerNews): Promise<void> {
    if (!this.#alive || this.#told.has(news)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.set(news, resolve));
  }

  /** Resolves once it does something, after what it was told last; or once it has ended. */
  busy(): Promise<void> {
    return this.#heard("busy");
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }
}
