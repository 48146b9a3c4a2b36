import { isAddition, stepsOf, stuck, type SchemaStep } from "../../lib/adapters/weaviate/schema-plan.ts";
import type { Difference } from "../../lib/adapters/weaviate/schema-difference.ts";
import type { Ui } from "../ui.ts";
import { problemsOf, STATES, type Looked } from "./look-at-schema.ts";

/** The difference between code and server for people: what there is, what `apply` would do, what it cannot. */
export function printPlan(looked: Looked, ui: Ui): void {
  const { collections, others, roles, alias } = looked;
  ui.table([
    ["collection", "is"],
    ...collections.map(({ collection, state }) => [collection, STATES[state]] as const),
    ...others.map((name) => [name, "not ours, left alone"] as const),
  ]);
  const lines = [
    ...stepsOf(looked).flatMap(stepLines),
    ...(roles ?? []).flatMap(({ role, user, state }) =>
      state === "as wanted" ? [] : [`give key ${user} the role ${role} (${state})`],
    ),
    ...(roles === null ? ["roles: this server has none, or this key may not read them"] : []),
    ...(alias.wanted !== null && alias.found !== alias.wanted ? [`lead the alias to ${alias.wanted}`] : []),
    ...stuck(looked).flatMap(({ collection, state, differences }) => [
      `${collection}: apply leaves it alone (${STATES[state]})`,
      ...differences.map((one) => `  ${differenceText(one)}`),
      `  IRREVERSIBLE in place: drop it, apply, and rebuild it from the memory, which has everything`,
    ]),
  ];
  for (const line of lines) ui.out(line);
  if (problemsOf(looked).length === 0) ui.out("the server is as the code says: nothing to do");
}

/** What a step does, and what of it cannot be taken back. */
export function stepLines(step: SchemaStep): readonly string[] {
  switch (step.kind) {
    case "create": {
      const { class: named, properties } = step.collection;
      return [
        `create ${named} with ${properties.length} properties`,
        "  irreversible: its distance, graph and properties stay as they are made; dropping it takes all of it",
      ];
    }
    case "add property":
      return [
        `add ${step.property.name} to ${step.collection}`,
        "  irreversible: a property cannot be taken away again, only with its collection",
      ];
    case "change":
      return step.changes.map((one) => `change ${step.collection}: ${differenceText(one)}`);
  }
}

function differenceText(one: Difference): string {
  const tell = (value: unknown): string => (value === undefined ? "none" : JSON.stringify(value));
  const wanted = isAddition(one) ? "a property" : tell(one.wanted);
  return `${one.path} is ${tell(one.found)}, the code says ${wanted}: ${one.why}`;
}

/** The same for programs. */
export function planDocument(schema: string, index: string, looked: Looked): object {
  const { collections, others, roles, alias } = looked;
  return {
    ...{ schema, index, problems: problemsOf(looked) },
    collections: collections.map(({ collection, state, differences }) => ({
      ...{ collection, state },
      differences: differences.map(({ path, wanted, found, changing, why }) => ({
        ...{ path, wanted: wanted ?? null, found: found ?? null, changing, why },
      })),
    })),
    steps: stepsOf(looked).map((step) => ({
      kind: step.kind,
      collection: step.kind === "create" ? step.collection.class : step.collection,
      irreversible: step.kind !== "change",
      text: stepLines(step),
    })),
    ...{ others, roles, alias },
  };
}
