import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where things are kept that can be made again, as ./rhyme has it for Node. XDG: a relative path is to be ignored. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const { XDG_CACHE_HOME: given = "", HOME: home = homedir() } = env;
  return join(isAbsolute(given) ? given : join(home, ".cache"), "rhyme");
}
