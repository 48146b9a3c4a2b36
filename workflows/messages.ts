/** What a running job can be told and asked by name; free of dependencies, for workflows, their client and plans alike. */
export const MESSAGES = {
  /** Begin nothing new. Refused where it is paused already. */
  pause: "pause",
  /** Refused where it is not paused. */
  resume: "resume",
  /** Work on so many series at once: 1 to MAX_WINDOW. */
  resize: "resize",
  /** End what runs and begin nothing more. Refused where it has been cancelled already. */
  cancel: "cancel",
  /** How far it has come; a query. */
  progress: "progress",
} as const;

/** Pending children and activities of one run are to stay far below the server's limits. */
export const MAX_WINDOW = 64;
export const DEFAULT_WINDOW = 4;

/** What a run hands to the next one beside the state of its plan. */
export interface Held {
  readonly paused: boolean;
  readonly window: number;
}

/** What a run begins with where nobody has said anything else. */
export const AT_FIRST: Held = { paused: false, window: DEFAULT_WINDOW };

/** What `progress` answers: what the plan reported, and what its conductor has been told. */
export interface Reported<Progress> extends Held {
  readonly progress: Progress;
}
