import type { Command } from "commander";
import { addCompare } from "../encoder/compare-command.ts";
import { addExport, addImport } from "../encoder/exchange-commands.ts";
import { addFit } from "../encoder/fit-command.ts";
import { addList } from "../encoder/list-command.ts";
import { addShow } from "../encoder/show-command.ts";

const EXAMPLES = `Examples:
  ./rhyme encoder fit --options gat.json --from BTCUSDT-5m.csv.gz --out ./mine     fit --help: fields of the file
  ./rhyme encoder list
  ./rhyme encoder show artefacts/crypto-5m
  ./rhyme encoder compare artefacts/crypto-5m ./mine --data BTCUSDT-5m.csv.gz
  ./rhyme encoder export ./mine --to safetensors --out mine.safetensors     and mine.map.json beside it
  ./rhyme encoder import --from model.safetensors --map map.json --like ./mine --known-at 2024-06-30 --out ./theirs
`;

const NOTES = `
An artefact is a folder: encoder.json (design, features, scaling, options, scores) and weights.safetensors. A state
dict of PyTorch Geometric has weights alone: import takes the rest from the artefact named by --like, and --known-at
says what the training has seen, for no question may be asked of an encoder before. docs/encoders-pyg.md has an example
from model to answer. Exit: 0 ok, 1 an artefact of list cannot be loaded, 2 bad usage or input.`;

/** `./rhyme encoder …`: artefacts, and what comes from elsewhere. */
export function addEncoder(program: Command): void {
  const command = program
    .command("encoder")
    .summary("encoders: fit, list, show, compare, import, export")
    .description("Artefacts of encoders, and models from and for PyTorch Geometric.")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES);
  addList(command);
  addShow(command);
  addCompare(command);
  addImport(command);
  addExport(command);
  for (const one of command.commands) one.addHelpText("before", EXAMPLES);
  addFit(command);
}
