import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";

/** Mounts, and says whether that worked; most machines let only root do it, and some not even root. */
export function mount(...args: readonly string[]): boolean {
  return spawnSync("mount", args, { stdio: "ignore" }).status === 0;
}

export function unmount(folder: string): void {
  spawnSync("umount", [folder], { stdio: "ignore" });
}

/** A file system in memory of so many KiB at `folder`. */
export function mountMemory(folder: string, kib: number): boolean {
  mkdirSync(folder, { recursive: true });
  return mount("-t", "tmpfs", "-o", `size=${kib}k,mode=755`, "rhyme-test", folder);
}

/** Whether this process may mount; a test that needs it is skipped where not. */
export function mayMount(): boolean {
  const at = temporaryFolder();
  try {
    const mounted = mountMemory(at.path, 64);
    if (mounted) unmount(at.path);
    return mounted;
  } finally {
    at.remove();
  }
}
