import Module, { createRequire } from "node:module";
import { join } from "node:path";
import type * as TypeScript from "typescript";
import { tslabTypeScript, type TslabTypeScript } from "./tslab-typescript.ts";

/** The part of tslab 1.0.22 that is used: its converter from cells to ES modules. It is why its version is pinned. */
export interface TslabConverter {
  convert(declarations: string, code: string): TslabConverted;
  inspect(declarations: string, code: string, position: number): TypeScript.QuickInfo | undefined;
  complete(declarations: string, code: string, position: number): TslabCompletion;
  close(): void;
}

export interface TslabConverted {
  readonly diagnostics: readonly TslabDiagnostic[];
  readonly output?: string;
  readonly declOutput?: string;
  readonly hasToplevelAwait?: boolean;
  readonly lastExpressionVar?: string;
}

export interface TslabDiagnostic {
  readonly start: TslabPosition;
  readonly end: TslabPosition;
  readonly messageText: string;
  readonly code: number;
}

interface TslabPosition {
  readonly offset: number;
  readonly line: number;
  readonly character: number;
}

export interface TslabCompletion {
  readonly start: number;
  readonly end: number;
  readonly candidates: readonly string[];
  readonly original?: { readonly entries?: readonly { readonly name: string; readonly kind: string }[] };
}

export interface Tslab extends TslabTypeScript {
  createConverter(): TslabConverter;
  isCompleteCode(code: string): { readonly completed: boolean; readonly indent?: string };
}

type Load = (request: string, ...rest: unknown[]) => unknown;

/** Loads tslab with the project's TypeScript in place of the fork that it brings along. */
export function loadTslab(root: string): Tslab {
  const typescript = tslabTypeScript(root);
  const loader = Module as unknown as { _load: Load };
  const load = loader["_load"];
  loader["_load"] = function (this: unknown, request, ...rest) {
    return request === "@tslab/typescript-for-tslab" ? typescript.facade : load.call(this, request, ...rest);
  };
  try {
    const require = createRequire(join(root, "package.json"));
    const converter = require("tslab/dist/converter.js") as {
      createConverter(options: object): TslabConverter;
      isCompleteCode: Tslab["isCompleteCode"];
    };
    return {
      ...typescript,
      createConverter: () => converter.createConverter({ isJS: false, isBrowser: false }),
      isCompleteCode: converter.isCompleteCode,
    };
  } finally {
    loader["_load"] = load;
  }
}
