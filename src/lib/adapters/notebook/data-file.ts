import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * A file of the folder that the environment variable RHYME_DATA names, such as `crypto/BTCUSDT-5m.csv.gz`; null where
 * it names none or has no such file, so that a notebook may go on with data that comes along.
 * @example const path = dataFile("fx/EURUSD-1h.csv.gz") ?? exampleFile();
 */
export function dataFile(name: string): string | null {
  const folder = process.env["RHYME_DATA"];
  if (!folder) return null;
  const path = join(folder, name);
  return existsSync(path) ? path : null;
}
