import { Option, type Command } from "commander";
import { parseWeaviateAddress } from "../lib/adapters/weaviate/address.ts";
import type { IndexWish } from "../lib/adapters/weaviate/search-index.ts";
import { numberOf } from "./candle-options.ts";
import { indexKey } from "./index-key.ts";
import type { WeaviateUser } from "./services/weaviate-settings.ts";

/** Options of commands that write to an index, or look at it. */
export interface IndexOption {
  readonly index?: string;
}

/** Options of commands that search one. */
export interface IndexSearchOptions extends IndexOption {
  readonly indexDeadline: number;
  readonly onIndexFailure: IndexWish["onFailure"];
}

/** @param does what the command does with it */
export function addIndexOption(command: Command, does: string): Command {
  return command.addOption(new Option("--index <address>", does).env("RHYME_INDEX"));
}

const ADDRESS = "weaviate://HOST:PORT";

export function addIndexSearchOptions(command: Command): Command {
  return addIndexOption(command, `search this index of the memory, ${ADDRESS}`)
    .option("--index-deadline <seconds>", "what it may take", numberOf("--index-deadline", 0.001), 5)
    .addOption(
      new Option("--on-index-failure <what>", "search the memory itself and say so, or fail")
        .choices(["memory", "fail"])
        .default("memory"),
    );
}

/** The address that was given; null where none was, or an empty one: RHYME_INDEX= does without. */
export function indexAddress({ index }: IndexOption): string | null {
  if (!index) return null;
  parseWeaviateAddress(index); // refused before anything is begun
  return index;
}

/** What is searched, and with which key, that of a reader unless more is needed; null: the memory itself. */
export function indexWish(options: IndexSearchOptions, user: WeaviateUser = "read"): IndexWish | null {
  const address = indexAddress(options);
  if (address === null) return null;
  const { indexDeadline, onIndexFailure: onFailure } = options;
  return { address, key: indexKey(address, user), deadlineMs: 1000 * indexDeadline, onFailure };
}
