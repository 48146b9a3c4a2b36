import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["lab-source", "module", "node", "development|production"] },
  ssr: { resolve: { conditions: ["lab-source", "module", "node", "development|production"] } },
  test: {
    include: ["{src,workflows,notebooks,bench,weaviate}/**/*.{test,test-prop}.ts"],
    exclude: ["**/node_modules/**", "**/*.{weaviate,temporal}.test.ts"], // vitest.{weaviate,temporal}.config.ts run those
    pool: "forks",
    maxWorkers: 2,
    execArgv: ["--conditions=lab-source", "--disable-warning=ExperimentalWarning"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
