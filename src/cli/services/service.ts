import type { Ui } from "../ui.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** What a service is started with. */
export interface Launch {
  readonly binary: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly dataPath: string;
  readonly log: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** To be called the moment the process exists, before it is ready. */
  readonly spawned: (pid: number) => void;
}

export interface Provision {
  readonly ui: Ui;
  readonly signal: AbortSignal;
  readonly env?: Env;
}

/** One server that `./rhyme services` can run on this machine. */
export interface Service {
  readonly name: string;
  readonly version: string;
  readonly defaultBase: number;
  /** All its ports, from a base. */
  readonly ports: (base: number) => Readonly<Record<string, number>>;
  /** Keys and passwords, made once and kept until it is wiped. */
  readonly newSecrets: () => Readonly<Record<string, string>>;
  /** Where its binary is; builds it where it is not. @throws RhymeError where it cannot be had */
  readonly binary: (options: Provision) => Promise<string>;
  /** What stands in the environment of a server that has its data there, and of no other program: `NAME=value`. */
  readonly toldOf: (dataPath: string) => string;
  /** Starts it so that it outlives this process, and waits until it is ready; throws and leaves nothing otherwise. */
  readonly launch: (launch: Launch) => Promise<void>;
  /**
   * What `launch` does once it is ready, before anybody uses it: done again by every `up` that finds it running, since
   * the one that started it may have been killed before. Where all is as it should be it changes nothing.
   */
  readonly prepare: (launched: Pick<Launch, "ports" | "secrets" | "signal">) => Promise<void>;
  /** Whether it answers. */
  readonly answers: (ports: Readonly<Record<string, number>>) => Promise<boolean>;
  readonly address: (ports: Readonly<Record<string, number>>) => string;
  /** What whoever starts it should know. */
  readonly remarks: (ports: Readonly<Record<string, number>>) => readonly string[];
}
