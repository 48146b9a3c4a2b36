import { GARBAGE, type GarbageKind } from "../garbage.ts";
import type { Outcome, Said } from "./caller.ts";
import type { ColumnTrial } from "./column-trial.ts";

/** What a function was seen to do besides answering, over all its calls. */
export class Behaviour {
  /** How often it asked for the time, and for chance. */
  clock = 0;
  chance = 0;
  /** Columns that are the same whatever the prices are. */
  readonly priceless: string[] = [];
  readonly #outside = new Set<string>();
  readonly #changed = new Set<string>();
  readonly #held = new Map<GarbageKind, number>();
  readonly #failed = new Map<GarbageKind, string>();
  readonly #ends = new Set<GarbageKind>();
  #early: string | null = null;

  note({ habits, changed }: Said): void {
    this.clock += habits.clock;
    this.chance += habits.chance;
    for (const place of habits.outside) this.#outside.add(place);
    for (const place of changed) this.#changed.add(place);
  }

  /** Whether calls on such a future end badly; each costs a time limit or a process. */
  endsOn(kind: GarbageKind): boolean {
    return this.#ends.has(kind);
  }

  /** What came of a future that is garbage. */
  heldOn(kind: GarbageKind, outcome: Outcome): void {
    if (outcome.kind === "said") return void this.#held.set(kind, (this.#held.get(kind) ?? 0) + 1);
    if (outcome.kind === "ended") this.#ends.add(kind);
    this.#failed.set(kind, `${outcome.kind === "threw" ? "throws" : outcome.how}: ${outcome.message}`);
  }

  /** It throws on a history that is too short for it to say anything. The longest such history is told of. */
  threwEarly(where: string, message: string): void {
    this.#early = `It throws, ${where} (${message}); it says nothing about them with more bars either.`;
  }

  /** What it did as a whole is held against each of its columns. */
  judge(columns: readonly ColumnTrial[]): void {
    for (const column of columns) {
      for (const place of this.#changed)
        column.blame("changes its input", `the function changed ${place} of what it was given`);
      for (const place of this.#outside)
        column.blame(
          "not checkable",
          `the function uses ${place}: whether that held the future cannot be seen`,
        );
      if (this.#held.size === 0 && this.#failed.size === GARBAGE.length)
        column.blame("not checkable", "it fails on every kind of garbage that was put for the future");
    }
  }

  /** What is worth knowing and is no verdict. @param dependsOnClock whether a column was seen to */
  notes(dependsOnClock: boolean): readonly string[] {
    const failed = [...this.#failed].map(([kind, how]) => {
      const times = this.#held.get(kind) ?? 0;
      return `Held against a future of ${kind} values at ${times || "no"} instants, for there it ${how}.`;
    });
    const asks =
      this.clock > 0 && !dependsOnClock ? ["It asks for the time; no value was seen to depend on it."] : [];
    const names = this.priceless.join(", ");
    const priceless = names ? [`The same whatever the prices are, so made of times alone: ${names}.`] : [];
    return [...(this.#early ? [this.#early] : []), ...failed, ...asks, ...priceless];
  }
}
