import { openMemoryFolder, type MemoryFolder } from "../sqlite/open-memory.ts";

/** Opens a memory for reading, whatever a writer does meanwhile. */
export async function withMemory<T>(
  path: string,
  work: (folder: MemoryFolder) => T | Promise<T>,
): Promise<T> {
  const folder = openMemoryFolder(path, { mode: "read" });
  try {
    return await work(folder);
  } finally {
    folder.close();
  }
}
