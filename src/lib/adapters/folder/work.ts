/** How far a piece of work is. */
export interface WorkProgress {
  /** What is being done, such as `embedding BTCUSDT`; another text is another piece. */
  readonly what: string;
  readonly done: number;
  /** 0 where nobody knows. */
  readonly total: number;
  /** A word on where it is. */
  readonly note?: string;
}

/** What long work over a memory folder is given: how it is stopped, and whom it tells how far it is. */
export interface Work {
  readonly signal: AbortSignal;
  /** Awaited, so that other work may run between two steps. */
  readonly onProgress?: (progress: WorkProgress) => void | Promise<void>;
  /** A remark that a person should read. */
  readonly onNote?: (text: string) => void;
}
