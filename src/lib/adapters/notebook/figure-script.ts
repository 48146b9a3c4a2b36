import { DARK, LIGHT } from "../plotly/figure.ts";

/**
 * What runs in the browser beside every figure; the first to arrive stays. Draws in the colours of the theme, again
 * when it changes; waits for the charting library, which some other output carries.
 */
export const FIGURE_SCRIPT = `
(() => {
  if (window.rhymeFigures) return;
  const LIGHT = ${JSON.stringify(LIGHT)}, DARK = ${JSON.stringify(DARK)};
  const drawn = new Map();
  const isDark = () => {
    const theme = document.body.dataset.jpThemeLight;
    if (theme !== undefined) return theme === "false";
    return document.documentElement.classList.contains("rhyme-page") && matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const coloured = (palette, value) => {
    if (typeof value === "string") return /^\\$[a-z0-9]+$/.test(value) ? palette[value.slice(1)] ?? value : value;
    if (Array.isArray(value)) return value.length > 5000 ? value : value.map((item) => coloured(palette, item));
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, coloured(palette, item)]));
    return value;
  };
  const unpack = async (base64) => {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
  };
  const library = (base64) => {
    if (window.Plotly || window.rhymePlotly) return;
    window.rhymePlotly = unpack(base64)
      .then((response) => response.text())
      .then((source) => {
        const script = document.createElement("script");
        // Shadowed, so that no module loader of the page takes the library for itself.
        script.textContent = "(function(define,module,exports){" + source + "\\n}).call(window)";
        document.head.append(script);
      });
  };
  const ready = async () => {
    for (let i = 0; i < 600 && !window.Plotly; i++)
      await (window.rhymePlotly?.catch(() => {}) ?? new Promise((done) => setTimeout(done, i < 40 ? 25 : 250)));
    return window.Plotly;
  };
  const paint = (id) => {
    const slot = document.getElementById(id);
    if (!slot) return drawn.delete(id);
    const { make, config } = drawn.get(id);
    const { data, layout } = coloured(isDark() ? DARK : LIGHT, make(slot));
    layout.modebar = { bgcolor: "rgba(0,0,0,0)", color: (isDark() ? DARK : LIGHT).soft, activecolor: (isDark() ? DARK : LIGHT).ink, ...layout.modebar };
    return Plotly.react(slot, data, layout, { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["select2d", "lasso2d"], ...config });
  };
  const add = async (id, make, config, after) => {
    const slot = document.getElementById(id);
    slot?.replaceChildren(); // the words for where no script runs
    if (!(await ready())) {
      if (slot) slot.textContent = "The charting library is not in this notebook any more: run all cells again.";
      return;
    }
    drawn.set(id, { make, config });
    await paint(id);
    if (after) after(slot, () => paint(id));
    if (slot) slot.dataset.ready = "yes";
  };
  const again = () => [...drawn.keys()].forEach(paint);
  new MutationObserver(again).observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  window.rhymeFigures = { add, library, unpack };
})();
`;
