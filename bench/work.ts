// One piece of work in a process of its own, so that no figure depends on what ran before it.
// node --conditions=lab-source bench/work.ts GROUP NAME prints its rows as one line of JSON.
import { GROUPS } from "./groups.ts";

const [group, name] = process.argv.slice(2);
const work = (await GROUPS[group!]!()).find((one) => one.name === name);
if (!work) throw new Error(`no work ${name} in ${group}`);
process.stdout.write(`${JSON.stringify(await work.run())}\n`);
