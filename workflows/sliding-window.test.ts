import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { slide } from "./sliding-window.ts";

/** A conductor by hand. */
function conductor(): {
  paused: boolean;
  window: number;
  full: boolean;
  cancelled: boolean;
  control: Parameters<typeof slide>[1];
} {
  const state = {
    ...{ paused: false, window: 2, full: false, cancelled: false },
    control: {
      until: async (ready: () => boolean) => {
        while (!ready()) {
          await nextTurn();
          if (state.cancelled) throw new Error("cancelled");
        }
      },
      untilOver: async (ready: () => boolean) => {
        while (!ready()) await nextTurn();
      },
      paused: () => state.paused,
      window: () => state.window,
      full: () => state.full,
    },
  };
  return state;
}

/** Work that is begun and ends when it is told to. */
function works(): {
  begun: number[];
  end: (place: number, error?: Error) => void;
  each: (n: number) => Promise<void>;
} {
  const ends = new Map<number, (error?: Error) => void>();
  const begun: number[] = [];
  const each = (place: number): Promise<void> =>
    new Promise((resolve, reject) => {
      begun.push(place);
      ends.set(place, (error) => (error ? reject(error) : resolve()));
    });
  return { begun, end: (place, error) => ends.get(place)!(error), each };
}

async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await nextTurn();
}

describe("a sliding window", () => {
  it("works on as many at once as it is wide, also while its width changes", async () => {
    const state = conductor();
    const { begun, end, each } = works();
    const sliding = slide({ from: 0, to: 5 }, state.control, each);
    await turns();
    expect(begun).toEqual([0, 1]);
    end(1);
    await turns();
    expect(begun).toEqual([0, 1, 2]);
    state.window = 4;
    await turns();
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    for (const place of [0, 2, 3, 4]) end(place);
    expect(await sliding).toBe(5);
  });

  it("begins nothing while it is paused", async () => {
    const state = conductor();
    const { begun, end, each } = works();
    const sliding = slide({ from: 3, to: 6 }, state.control, each);
    await turns();
    state.paused = true;
    end(3);
    await turns();
    expect(begun).toEqual([3, 4]);
    state.paused = false;
    await turns();
    expect(begun).toEqual([3, 4, 5]);
    for (const place of [4, 5]) end(place);
    expect(await sliding).toBe(6);
  });

  it("stops where the history is full, once what runs has ended, and says how far it is", async () => {
    const state = conductor();
    const { begun, end, each } = works();
    let isOver = false;
    const sliding = slide({ from: 0, to: 9 }, state.control, each).finally(() => (isOver = true));
    await turns();
    state.full = true;
    end(0);
    await turns();
    expect([begun, isOver]).toEqual([[0, 1], false]);
    end(1);
    expect(await sliding).toBe(2);
  });

  it("that is cancelled ends once those that run have", async () => {
    const state = conductor();
    const { begun, end, each } = works();
    let isOver = false;
    const sliding = slide({ from: 0, to: 9 }, state.control, each).finally(() => (isOver = true));
    const ended = sliding.catch((error: unknown) => error);
    await turns();
    state.cancelled = true;
    await turns();
    end(0);
    await turns();
    expect([begun, isOver]).toEqual([[0, 1], false]);
    end(1);
    expect(await ended).toMatchObject({ message: "cancelled" });
  });

  it("throws what one of them threw, once the others have ended", async () => {
    const state = conductor();
    const { begun, end, each } = works();
    const sliding = slide({ from: 0, to: 9 }, state.control, each);
    await turns();
    end(0, new Error("cancelled"));
    await turns();
    end(1);
    await expect(sliding).rejects.toThrow("cancelled");
    expect(begun).toEqual([0, 1]);
  });
});
