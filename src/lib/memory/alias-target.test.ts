import { describe, expect, it } from "vitest";
import { aliasTarget, type ChannelRead } from "./alias-target.ts";

function row(tenant: string, encoder: string, channel = "default"): ChannelRead {
  return { tenant, channel, encoder };
}

describe("where the alias leads", () => {
  it("is where channel default of tenant default leads, whatever others read", () => {
    const rows = [row("a", "v2"), row("default", "v1"), row("default", "v2", "canary")];
    expect(aliasTarget(rows, ["a", "default"])).toBe("v1");
  });

  it("stays where it is while tenant default has said nothing, or others disagree", () => {
    expect(aliasTarget([row("a", "v2")], ["a", "default"])).toBeNull();
    expect(aliasTarget([row("a", "v2"), row("b", "v1")], ["a", "b"])).toBeNull();
    expect(aliasTarget([row("a", "v2")], ["a", "b"])).toBeNull();
    expect(aliasTarget([], [])).toBeNull();
    expect(aliasTarget([row("a", "v2", "canary")], ["a"])).toBeNull();
  });

  it("is where all tenants lead in a memory without tenant default", () => {
    expect(aliasTarget([row("a", "v2"), row("b", "v2")], ["a", "b"])).toBe("v2");
  });
});
