// What the main thread is doing, in memory that the front sees, so that a stop cuts off cells and never the kernel's own
// code: code that is cut off in the middle tells nobody that it ended, and what it had queued is gone.

/** The kernel's own code, or none. */
export const CLOSED = 0;
/** A cell's code. */
export const OPEN = 1;
/** Modules are loaded: one that is cut off stays half loaded for ever. */
export const LOADING = 2;
/** The front cuts: nothing may pass from one state to another before that has happened. */
export const CUTTING = 3;

export const doorMemory = (): SharedArrayBuffer => new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);

/** The main thread's side. */
export interface CellDoor {
  /** From here on a cell's code runs. */
  open(): void;
  /** From here on it is the kernel's own. Where a cut is on its way, this call is what it hits: it never returns. */
  close(): void;
  /** The same, but false where a cut is on its way. */
  tryClose(): boolean;
  /** While this loads modules, cells are not cut off, or only after a long time. */
  during<T>(load: () => Promise<T>): Promise<T>;
  /** What was being loaded was cut off. */
  forgetLoads(): void;
}

export function cellDoor(memory: SharedArrayBuffer): CellDoor {
  const state = new Int32Array(memory);
  let [isRunning, loads, era] = [false, 0, 0];
  const pass = (): boolean => {
    const now = Atomics.load(state, 0);
    const next = loads > 0 ? LOADING : isRunning ? OPEN : CLOSED;
    return now !== CUTTING && Atomics.compareExchange(state, 0, now, next) === now;
  };
  const settle = (): void => {
    while (!pass());
  };
  return {
    open: () => {
      isRunning = true;
      settle();
    },
    close: () => {
      isRunning = false;
      settle();
    },
    tryClose: () => {
      if (Atomics.load(state, 0) === CUTTING) return false;
      isRunning = false;
      return pass();
    },
    during: async (load) => {
      const mine = era;
      loads++;
      settle();
      try {
        return await load();
      } finally {
        if (mine === era) {
          loads--;
          settle();
        }
      }
    },
    forgetLoads: () => {
      era++;
      loads = 0;
    },
  };
}
