import { RhymeError } from "../../lib/errors.ts";
import type { Service } from "./service.ts";
import { temporalService } from "./temporal-service.ts";
import { weaviateService } from "./weaviate-service.ts";

/** Every server that `./rhyme services` knows. */
export const SERVICES: readonly Service[] = [weaviateService, temporalService];

/** @throws RhymeError "usage" where there is none of this name */
export function serviceNamed(name: string): Service {
  const found = SERVICES.find((service) => service.name === name);
  if (found) return found;
  throw new RhymeError("usage", {
    place: "services",
    expected: SERVICES.map((service) => service.name).join(", "),
    received: JSON.stringify(name),
    remedy: "Name one of them.",
  });
}
