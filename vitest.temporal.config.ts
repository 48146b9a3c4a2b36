import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

// Tests against a real Temporal: one server for all of them, started and ended by the global setups.
const shared = mergeConfig(base, {});
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: ["{src,workflows,notebooks,bench,weaviate}/**/*.temporal.test.ts"],
    exclude: ["**/node_modules/**"],
    globalSetup: ["src/cli/test-runner/temporal-setup.ts", "src/cli/test-runner/weaviate-setup.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
