import { describe, expect, it } from "vitest";
import { parseFitFile } from "./fit-file.ts";

describe("a file of fit options", () => {
  it("takes every default where it says nothing, and says the same when it is read again", () => {
    const file = parseFitFile({}, "o.json");
    expect(file).toMatchObject({
      layer: "sage",
      steps: 300,
      objective: { kind: "reconstruction", maskShare: 0.4 },
    });
    expect(parseFitFile(JSON.parse(JSON.stringify(file)), "o.json")).toEqual(file);
    const objective = {
      kind: "mixture",
      parts: [{ weight: 2, objective: { kind: "contrast", horizons: ["4h"] } }],
    };
    expect(parseFitFile({ objective }, "o.json").objective).toMatchObject({
      parts: [{ weight: 2, objective: { temperature: 0.1, anchors: 256 } }],
    });
  });

  it.each([
    [{ layer: "gcn" }, /o\.json, layer: .*"gcn"/],
    [{ stepss: 3 }, /o\.json, top: .*stepss/],
    [{ steps: 0 }, /o\.json, steps: .*got 0/],
    [{ objective: { kind: "contrast" } }, /o\.json, objective\.horizons/],
    [{ objective: { kind: "mixture", parts: [] } }, /o\.json, objective\.parts/],
    [
      { objective: { kind: "mixture", parts: [{ weight: -1, objective: { kind: "vicreg" } }] } },
      /parts\.0\.weight/,
    ],
    [[], /o\.json, top/],
  ])("names what is wrong with %j", (value, message) => {
    expect(() => parseFitFile(value, "o.json")).toThrow(message);
  });
});
