/**
 * What a plan sees of its conductor beyond its activities: how many series at once, whether to wait, when to make room.
 * Types alone, for plans run inside Temporal's sandbox.
 */
export interface Control<Progress> {
  /** Resolves once `ready` says so: it is asked again whenever something has happened. Throws when cancelled. */
  until(ready: () => boolean): Promise<void>;
  /** The same, and a cancellation does not end it: for what has begun, and is told of the cancellation itself. */
  untilOver(ready: () => boolean): Promise<void>;
  /** Whether somebody wants all of it to end. */
  cancelled(): boolean;
  /** True from pause to resume: nothing new is begun. */
  paused(): boolean;
  /** How many series are worked on at once. */
  window(): number;
  /** The history is long: finish what runs, hand over the state, begin a new run with it. Never in process. */
  full(): boolean;
  /** What a query answers from now on. */
  report(progress: Progress): void;
}

/** How a plan ends: with its result, or with the state that its next run begins with. */
export type Ending<State, Result> =
  { readonly kind: "done"; readonly result: Result } | { readonly kind: "continue"; readonly state: State };
