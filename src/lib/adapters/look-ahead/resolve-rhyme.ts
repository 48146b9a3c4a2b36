import { registerHooks } from "node:module";

const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
const RHYME = new URL(`../../index.${ending}`, import.meta.url).href;

let resolving = false;

/**
 * `import … from "rhyme"` in a user's file means this library, wherever the file lies; and polars is the one that this
 * library uses, or frames could not be handed over.
 */
export function resolveRhyme(): void {
  if (resolving) return;
  resolving = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === "rhyme") return { url: RHYME, shortCircuit: true };
      return next(
        specifier,
        specifier === "nodejs-polars" ? { ...context, parentURL: import.meta.url } : context,
      );
    },
  });
}
