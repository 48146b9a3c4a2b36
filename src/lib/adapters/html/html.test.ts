import { describe, expect, it } from "vitest";
import { html, scriptJson } from "./html.ts";

describe("html template", () => {
  it("escapes every value that is not markup itself", () => {
    expect(html`<p title="${`"><script>`}">${"a < b & 'c'"}</p>`.markup).toBe(
      '<p title="&#34;&#62;&#60;script&#62;">a &#60; b &#38; &#39;c&#39;</p>',
    );
  });

  it("nests markup and lists, and leaves out null and false", () => {
    const items = ["x", "<y>"].map((text) => html`<li>${text}</li>`);
    expect(
      html`<ul>
          ${items}
        </ul>
        ${null}${false}${0}`.markup.replaceAll(/\s/g, ""),
    ).toBe("<ul><li>x</li><li>&#60;y&#62;</li></ul>0");
  });
});

describe("JSON inside a script element", () => {
  it("survives, and cannot close the element", () => {
    const value = { a: "</script><!--", b: "\u2028&" };
    const { markup } = scriptJson(value);
    expect(markup).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(markup)).toEqual(value);
  });
});
