import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Migrates a store as its writer does, says how far it has come and stays there until it is killed. */
const [path, last, migration, version] = process.argv.slice(2) as [string, string, string, string];
const db = new DatabaseSync(join(path, "rhyme.sqlite"));
db.exec("PRAGMA cache_size = 1; PRAGMA cache_spill = 1"); // pages reach the file before the commit
const steps = {
  begun: "BEGIN IMMEDIATE",
  migrated: migration,
  versioned: `PRAGMA user_version = ${version}`,
  committed: "COMMIT",
};
for (const [step, sql] of Object.entries(steps)) {
  db.exec(sql);
  if (step === last) break;
}
console.log(last);
setInterval(() => db.isOpen, 1_000);
