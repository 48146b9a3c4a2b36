import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { identityOf, stillRuns } from "./process-identity.ts";

it("knows a running process again, and not another one with its number", () => {
  const self = identityOf(process.pid)!;
  expect([self.pid, stillRuns(self)]).toEqual([process.pid, true]);
  expect(stillRuns({ ...self, started: "another time" })).toBe(false);
  expect(stillRuns({ ...identityOf(process.ppid)!, pid: process.pid })).toBe(false);
});

it("takes a zombie for a process that has ended", async () => {
  const parent = spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 30"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const pid = Number(String((await once(parent.stdout, "data"))[0]));
  const child = identityOf(pid)!;
  while (stillRuns(child)) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(process.kill(pid, 0)).toBe(true); // its number is still taken: nobody has collected it
  expect(identityOf(pid)).toBeNull();
  parent.kill();
});
