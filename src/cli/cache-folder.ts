export { cacheFolder } from "../lib/adapters/cache-folder.ts";
