import { Option, type Command } from "commander";
import { stepsOf, stuck } from "../../lib/adapters/weaviate/schema-plan.ts";
import { EXIT } from "../errors.ts";
import { lookAtSchema, problemsOf, STATES, type SchemaOptions } from "./look-at-schema.ts";
import { planDocument, printPlan, stepLines } from "./plan-text.ts";
import { withServer, type AtServer, type ServerOptions } from "./with-server.ts";

type Options = ServerOptions & SchemaOptions;

/** The options that name a server. */
export function addServerOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--index <address>", "the server: weaviate://HOST:PORT")
        .env("RHYME_INDEX")
        .makeOptionMandatory(),
    )
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress");
}

function addSchemaOptions(command: Command): Command {
  return addServerOptions(command)
    .option("--memory <folder>", "also the encoders and horizons of this memory, and where its channels lead")
    .option(
      "--encoder <version>",
      "also this encoder version, may be repeated",
      (version, all: readonly string[]) => [...all, version],
      [] as readonly string[],
    );
}

/** `./rhyme weaviate plan`: what `apply` would do. */
export function addPlan(command: Command): void {
  addSchemaOptions(command.command("plan"))
    .summary("what differs between code and server, and what is irreversible; changes nothing")
    .description("Holds the server against the code and prints what apply would do.")
    .action((options: Options) =>
      withServer(options, async (at) => {
        const looked = await lookAtSchema(at, options);
        if (options.json) at.ui.json(planDocument("rhyme.weaviate.plan/1", options.index, looked));
        else printPlan(looked, at.ui);
      }),
    );
}

/** `./rhyme weaviate apply`: brings the server to what the code says, as far as that can be done in place. */
export function addApply(command: Command): void {
  addSchemaOptions(command.command("apply"))
    .summary("bring the server to what the code says; a second time changes nothing")
    .description("Makes collections, properties, roles and the alias what the code and the memory say.")
    .action((options: Options) => withServer(options, (at) => apply(at, options)));
}

async function apply(at: AtServer, options: Options): Promise<void> {
  const { ui, schema, roles, signal } = at;
  const before = await lookAtSchema(at, options);
  const done: string[] = [];
  for (const step of stepsOf(before)) {
    signal.throwIfAborted();
    await schema.take(step);
    done.push(`done: ${stepLines(step)[0]!}`);
  }
  if (before.roles?.some(({ state }) => state !== "as wanted")) {
    await roles.apply();
    done.push("done: gave the keys their roles");
  }
  const { wanted, found } = before.alias;
  if (wanted !== null && wanted !== found && (await schema.get(wanted))) {
    await schema.setAlias(wanted);
    done.push(`done: led the alias to ${wanted}`);
  }
  const after = await lookAtSchema(at, options);
  const left = stuck(after);
  if (options.json)
    ui.json({ ...planDocument("rhyme.weaviate.apply/1", options.index, after), applied: done });
  else {
    for (const line of done.length > 0 ? done : ["nothing to do"]) ui.out(line);
    for (const { collection, state } of left) ui.out(`left alone: ${collection}, ${STATES[state]}`);
    if (left.length > 0) ui.note("plan says what differs; drop it, apply, and rebuild it from the memory");
  }
  if (left.length > 0) process.exitCode = EXIT.checksFailed;
}

/** `./rhyme weaviate verify`: is the server what the code says? */
export function addVerify(command: Command): void {
  addSchemaOptions(command.command("verify"))
    .summary("is the server what the code says? exit 1 names what is not: older, foreign, missing")
    .description("Holds the server against the code; exit 1 where anything differs.")
    .action((options: Options) =>
      withServer(options, async (at) => {
        const looked = await lookAtSchema(at, options);
        const problems = problemsOf(looked);
        if (options.json) at.ui.json(planDocument("rhyme.weaviate.verify/1", options.index, looked));
        else
          for (const line of problems.length > 0 ? problems : ["the server is as the code says"])
            at.ui.out(line);
        if (problems.length > 0) process.exitCode = EXIT.checksFailed;
      }),
    );
}
