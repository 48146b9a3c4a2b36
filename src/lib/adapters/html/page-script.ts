/**
 * What the page does in the browser: sorts the table at once; unpacks the charting library from the page itself and
 * draws the figures in the style sheet's colours, again when light turns to dark, when the page narrows, and in
 * light for print. Nothing is fetched.
 */
export const PAGE_SCRIPT = `
"use strict";
(() => {
  const read = (id) => document.getElementById(id).textContent;
  const figures = JSON.parse(read("figures"));
  const slots = Object.keys(figures).filter((id) => document.getElementById(id));

  const colour = (style, value) => {
    if (typeof value === "string" && /^\\$\\w+$/.test(value)) return style.getPropertyValue("--" + value.slice(1)).trim();
    if (Array.isArray(value)) return value.map((item) => colour(style, item));
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, colour(style, item)]));
    return value;
  };

  const draw = (id) => {
    const slot = document.getElementById(id);
    const { data, layout } = colour(getComputedStyle(document.documentElement), figures[id]);
    if (slot.clientWidth < 600) {
      layout.annotations = (layout.annotations || []).filter((note) => note.name !== "wide");
      layout.margin = { ...layout.margin, l: 40, r: id === "chart-fan" ? 58 : 10 };
      for (const note of layout.annotations) if (note.text) note.text = note.text.replace(/ <span.*<\\/span>/, "");
      const { tickvals, ticktext } = layout.xaxis;
      if (tickvals) {
        const kept = (_, i) => i % 2 === 0;
        layout.xaxis = { ...layout.xaxis, tickvals: tickvals.filter(kept), ticktext: ticktext.filter(kept), tickangle: 0 };
      }
      if (layout.height > 430) layout.height = Math.max(380, layout.height * 0.8);
    }
    if (matchMedia("(pointer: coarse)").matches) layout.dragmode = false;
    slot.style.minHeight = layout.height + "px";
    return Plotly.react(slot, data, layout, { displayModeBar: false, responsive: true });
  };
  const drawAll = () => Promise.all(slots.map(draw));

  const unpack = async () => {
    const bytes = Uint8Array.from(atob(read("plotly").trim()), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
  };

  const failed = (error) => {
    for (const id of slots) {
      const said = document.createElement("p");
      said.className = "note";
      said.textContent = "This chart could not be drawn: " + error.message;
      document.getElementById(id).replaceChildren(said);
    }
  };

  const highlight = () => {
    const slot = document.getElementById("chart-paths");
    if (!slot) return;
    let before = null;
    const paint = (id) => {
      const index = slot.data.findIndex((trace) => trace.meta === id);
      if (before) Plotly.restyle(slot, { opacity: before.opacity, "line.width": before.width }, [before.index]);
      before = null;
      if (index < 0) return;
      before = { index, opacity: slot.data[index].opacity, width: slot.data[index].line.width };
      Plotly.restyle(slot, { opacity: 1, "line.width": 4 }, [index]);
    };
    for (const row of document.querySelectorAll("tr[data-id]")) {
      row.addEventListener("pointerenter", () => paint(row.dataset.id));
      row.addEventListener("pointerleave", () => paint(null));
    }
  };

  const sortable = (table) => {
    const headers = [...table.tHead.rows[0].cells];
    const key = (row, column) => {
      const value = row.cells[column].dataset.value;
      return value === "" ? NaN : isNaN(value) ? value : Number(value);
    };
    const compare = (a, b) => (typeof a === "string" || typeof b === "string" ? String(a).localeCompare(String(b)) : a - b);
    headers.forEach((header, column) =>
      header.firstElementChild.addEventListener("click", () => {
        const up = header.getAttribute("aria-sort") !== "ascending";
        for (const other of headers) other.setAttribute("aria-sort", "none");
        header.setAttribute("aria-sort", up ? "ascending" : "descending");
        const rows = [...table.tBodies[0].rows];
        rows.sort((x, y) => {
          const [a, b] = [key(x, column), key(y, column)];
          if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
          return up ? compare(a, b) : compare(b, a);
        });
        table.tBodies[0].append(...rows);
      }),
    );
  };

  document.querySelectorAll("table.sortable").forEach(sortable);
  if (slots.length === 0) return;
  unpack()
    .then(drawAll)
    .then(() => {
      highlight();
      document.documentElement.dataset.ready = "yes";
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
      matchMedia("(max-width: 720px)").addEventListener("change", drawAll);
      addEventListener("beforeprint", () => (document.documentElement.classList.add("printing"), drawAll()));
      addEventListener("afterprint", () => (document.documentElement.classList.remove("printing"), drawAll()));
    })
    .catch(failed);
})();
`;
