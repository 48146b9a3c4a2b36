import { existsSync } from "node:fs";
import { RhymeError } from "../errors.ts";

/**
 * What some tests need beyond the checkout. A machine without it skips them; a machine that names it in
 * RHYME_REQUIRE (`data,weaviate,temporal`) may not.
 */
export const FACILITIES = {
  data: { variable: "RHYME_DATA", is: "the folder of real candles" },
  python: { variable: "RHYME_PYTHON", is: "a Python with the reference libraries" },
  pyg: {
    variable: "RHYME_PYG_PYTHON",
    is: "a Python with PyTorch Geometric; ./rhyme bench encoders makes one",
  },
  weaviate: {
    variable: "RHYME_WEAVIATE",
    is: "a weaviate-server binary; ./rhyme services up weaviate builds one",
  },
  temporal: { variable: "RHYME_TEMPORAL", is: "a temporal binary; ./rhyme services up temporal builds one" },
} as const;

export type Facility = keyof typeof FACILITIES;
type Env = Readonly<Record<string, string | undefined>>;

export interface Need {
  /** For `it.skipIf(need.skip)`. */
  readonly skip: boolean;
  readonly reason: string;
}

/**
 * Whether tests that need a facility must be skipped here:
 * `const data = needs("data"); it.skipIf(data.skip)("reads a year of candles", …)`.
 * Throws when the facility is required and absent, so that the file fails instead of being skipped.
 */
export function needs(facility: Facility, env: Env = process.env): Need {
  const { variable } = FACILITIES[facility];
  const reason = absence(facility, env);
  if (reason !== null && required(env).includes(facility))
    throw new Error(`RHYME_REQUIRE lists ${facility}, but ${reason}`);
  return { skip: reason !== null, reason: reason ?? `${variable} is set` };
}

/** Why a facility is not there, null when it is. Paths must exist; addresses are taken as said. */
export function absence(facility: Facility, env: Env = process.env): string | null {
  const { variable, is } = FACILITIES[facility];
  const value = env[variable];
  if (!value) return `${variable} is not set (${is})`;
  const path = value.startsWith("/") || value.startsWith(".");
  return path && !existsSync(value) ? `${variable} is ${value}, which does not exist (${is})` : null;
}

/** What RHYME_REQUIRE lists; a name nobody knows is an error, or a typing slip would switch the guard off. */
export function required(env: Env = process.env): readonly Facility[] {
  const names = (env["RHYME_REQUIRE"] ?? "").split(",").map((name) => name.trim());
  return names.filter(Boolean).map((name) => {
    if (!Object.hasOwn(FACILITIES, name))
      throw new RhymeError("usage", {
        place: "RHYME_REQUIRE",
        expected: `a list of ${Object.keys(FACILITIES).join(", ")}`,
        received: JSON.stringify(name),
        remedy: "Separate the names by commas.",
      });
    return name as Facility;
  });
}
