import type { Command } from "commander";
import { addDrop } from "../weaviate/drop-command.ts";
import { addChannels, addReembed, addRollback, addSwitch } from "../weaviate/version-commands.ts";
import { addApply, addPlan, addVerify } from "../weaviate/schema-commands.ts";

const EXAMPLES = `Examples:
  ./rhyme weaviate plan --index weaviate://127.0.0.1:8585       code against server; what is irreversible
  ./rhyme weaviate apply --index weaviate://127.0.0.1:8585 --memory ./memory
  ./rhyme weaviate verify --index weaviate://127.0.0.1:8585     exit 1: missing, older, foreign or other parameters
  ./rhyme weaviate reembed --memory ./memory --index weaviate://127.0.0.1:8585 --encoder v2 --dry-run
  ./rhyme weaviate reembed --memory ./memory --index weaviate://127.0.0.1:8585 --encoder v2 --channel canary
  ./rhyme weaviate switch --memory ./memory --index weaviate://127.0.0.1:8585 --encoder v2
  ./rhyme weaviate rollback --memory ./memory --index weaviate://127.0.0.1:8585
  ./rhyme weaviate channels --memory ./memory                   which version every tenant reads
  ./rhyme weaviate drop --index weaviate://127.0.0.1:8585 --encoder v1      asks first; the memory keeps everything
`;

const NOTES = `
A server is a derived index of memory folders: whatever is dropped there can be filled again. The key comes from
RHYME_WEAVIATE_KEY, else from the server that ./rhyme services up weaviate started; these commands need the admin's.
reembed makes everything of a version beside the old one, judges it (counts, recall@10, trust beside the old one's)
and lets a channel read it; killed anywhere, the same command finishes it. Nothing old goes before drop.
Exit: 0 ok, 1 the server is not as the code says or the gate did not open, 2 bad usage or no server.`;

/** `./rhyme weaviate …`: schema and versions on a vector server. */
export function addWeaviate(program: Command): void {
  const command = program
    .command("weaviate")
    .summary("schema and encoder versions on a Weaviate server")
    .description("What a Weaviate server should be, is, and which encoder version is read from it.")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES);
  addPlan(command);
  addApply(command);
  addVerify(command);
  addDrop(command);
  addReembed(command);
  addSwitch(command);
  addRollback(command);
  addChannels(command);
  for (const one of command.commands) one.addHelpText("before", EXAMPLES);
}
