import { historiesFor } from "./mutant-histories.ts";
import { LOOK_ALIKES, PLANTED, UNCHANGED } from "./mutants.ts";
import { tryMutant, tryUnchanged, type MutantTrial } from "./try-mutant.ts";

// A process of its own for run-mutants.ts: is told names one by one, answers each with what came of it.

async function trialOf(name: string): Promise<MutantTrial> {
  const histories = historiesFor(name);
  if (name === UNCHANGED) return tryUnchanged(histories);
  const mutant = [...PLANTED, ...LOOK_ALIKES].find((one) => one.name === name);
  if (!mutant) throw new Error(`there is no mutant ${name}`);
  return tryMutant(mutant, histories);
}

process.on("message", (name: string) => {
  trialOf(name).then(
    (trial) => process.send!(trial),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    },
  );
});
