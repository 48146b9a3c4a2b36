import { solvePositiveDefinite } from "../math/cholesky.ts";

// P dense regressors (the first is the intercept), G clock slots

const SLOT_RIDGE = 1;
/** Only there to keep equal spans of a young history solvable; the intercept is not held back. */
const DENSE_RIDGE = 1e-3;

/**
 * Ridge regression on P dense regressors and G slot dummies, grown row by row through its normal equations.
 * The dummy block is diagonal, so a fit eliminates it (Schur complement) and solves P equations:
 * Σ_g (S − B_g B_gᵀ / (n_g + λ)) β = …, γ_g = (Σ y_g − B_g·β) / (n_g + λ).
 */
export class SlottedRidge {
  readonly width: number;
  readonly slots: number;
  /** Rows added. */
  rows = 0;
  readonly beta: Float64Array; // [P]
  readonly gamma: Float64Array; // [G]
  readonly #cross: Float64Array; // [P, P] lower triangle of XᵀX
  readonly #target: Float64Array; // [P] Xᵀy
  readonly #slotCount: Float64Array; // [G]
  readonly #slotCross: Float64Array; // [G, P]
  readonly #slotTarget: Float64Array; // [G]

  constructor(width: number, slots: number) {
    this.width = width;
    this.slots = slots;
    this.beta = new Float64Array(width);
    this.gamma = new Float64Array(slots);
    this.#cross = new Float64Array(width * width);
    this.#target = new Float64Array(width);
    this.#slotCount = new Float64Array(slots);
    this.#slotCross = new Float64Array(slots * width);
    this.#slotTarget = new Float64Array(slots);
  }

  /** Adds the row whose regressors start at `x[from]`. */
  add(x: Float64Array, from: number, slot: number, y: number): void {
    const p = this.width;
    for (let i = 0; i < p; i++) {
      const xi = x[from + i]!;
      this.#target[i]! += xi * y;
      for (let j = 0; j <= i; j++) this.#cross[i * p + j]! += xi * x[from + j]!;
    }
    this.rows++;
    if (this.slots === 0) return;
    this.#slotCount[slot]!++;
    this.#slotTarget[slot]! += y;
    for (let i = 0; i < p; i++) this.#slotCross[slot * p + i]! += x[from + i]!;
  }

  /**
   * Renews `beta` and `gamma` from all rows so far. Leaves them as they were and returns false where the equations
   * cannot be solved; before the first fit that succeeds they are 0 and say nothing.
   */
  fit(): boolean {
    const p = this.width;
    const a = Float64Array.from(this.#cross);
    const b = Float64Array.from(this.#target);
    for (let i = 1; i < p; i++) a[i * p + i]! += DENSE_RIDGE;
    for (let g = 0; g < this.slots; g++) {
      const share = 1 / (this.#slotCount[g]! + SLOT_RIDGE);
      for (let i = 0; i < p; i++) {
        const scaled = this.#slotCross[g * p + i]! * share;
        b[i]! -= scaled * this.#slotTarget[g]!;
        for (let j = 0; j <= i; j++) a[i * p + j]! -= scaled * this.#slotCross[g * p + j]!;
      }
    }
    if (!solvePositiveDefinite(a, b)) return false;
    this.beta.set(b);
    for (let g = 0; g < this.slots; g++) {
      let rest = this.#slotTarget[g]!;
      for (let i = 0; i < p; i++) rest -= this.#slotCross[g * p + i]! * b[i]!;
      this.gamma[g] = rest / (this.#slotCount[g]! + SLOT_RIDGE);
    }
    return true;
  }

  /** Prediction for the row whose regressors start at `x[from]`. */
  predict(x: Float64Array, from: number, slot: number): number {
    let sum = this.slots === 0 ? 0 : this.gamma[slot]!;
    for (let i = 0; i < this.width; i++) sum += this.beta[i]! * x[from + i]!;
    return sum;
  }
}
