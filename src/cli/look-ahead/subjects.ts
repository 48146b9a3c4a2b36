import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import type { Subject } from "../../lib/evaluation/look-ahead/subject.ts";
import { RhymeError } from "../../lib/errors.ts";

/** The module whose subjects are checked: the project's registry, or a file of your own. */
export function registryUrl(file: string | undefined): string {
  return file === undefined
    ? new URL("../../lib/evaluation/look-ahead/registry/registry.ts", import.meta.url).href
    : pathToFileURL(resolve(file)).href;
}

/** @throws RhymeError "usage" where the module exports no subjects */
export async function loadSubjects(url: string): Promise<readonly Subject[]> {
  const { REGISTRY } = (await import(url)) as { REGISTRY?: readonly Subject[] };
  if (Array.isArray(REGISTRY) && REGISTRY.length > 0) return REGISTRY as readonly Subject[];
  throw new RhymeError("usage", {
    place: url,
    expected: "a module that exports REGISTRY, an array of subjects",
    received: REGISTRY === undefined ? "none" : "an empty one",
    remedy: "See src/lib/evaluation/look-ahead/subject.ts for what a subject is.",
  });
}
