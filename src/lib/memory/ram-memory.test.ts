import { memoryContract } from "../testing/memory-contract.ts";
import { ramMemory } from "./ram-memory.ts";
import type { Memory } from "./memory.ts";

memoryContract("a memory in RAM", () => {
  const opened = new Map<string, Memory>();
  return {
    open: (tenant, encoderVersion, dim) => {
      const key = `${tenant} ${encoderVersion}`;
      const memory = opened.get(key) ?? ramMemory({ tenant, encoderVersion, dim });
      opened.set(key, memory);
      return dim === memory.dim ? memory : ramMemory({ tenant, encoderVersion, dim });
    },
    reopen: () => {},
    end: () => opened.clear(),
  };
});
