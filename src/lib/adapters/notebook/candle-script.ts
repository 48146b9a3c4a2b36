/**
 * Runs in the browser: unpacks the columns and draws, of what is in view, at most some hundred candles. Looking closer
 * or moving along draws anew from all rows, so a hundred thousand of them stay light and nothing is lost.
 */
export const CANDLE_SCRIPT = `
(() => {
  if (window.rhymeCandles) return;
  const read = async ({ rows, scale, timeUnit, start, packed }) => {
    const buffer = await (await window.rhymeFigures.unpack(packed)).arrayBuffer();
    const ints = new Int32Array(buffer, 0, 5 * rows);
    const column = (c, make) => {
      const out = new Float64Array(rows);
      for (let i = 0, sum = 0; i < rows; i++) out[i] = make((sum += ints[c * rows + i]));
      return out;
    };
    const price = (value) => value / scale;
    return {
      rows,
      time: column(0, (value) => start + value * timeUnit),
      open: column(1, price), high: column(2, price), low: column(3, price), close: column(4, price),
      volume: new Float32Array(buffer, 20 * rows, rows),
    };
  };
  const rowAt = ({ time, rows }, t) => {
    let [low, high] = [0, rows];
    while (low < high) { const middle = (low + high) >> 1; if (time[middle] < t) low = middle + 1; else high = middle; }
    return low;
  };
  const viewOf = (candles, [from, to], width) => {
    const [first, last] = [rowAt(candles, from), Math.max(rowAt(candles, from) + 1, rowAt(candles, to))];
    const step = Math.max(1, Math.ceil((last - first) / Math.max(60, Math.floor(width / 5))));
    const margin = last - first; // one view to each side, so that moving along shows something at once
    const begin = Math.max(0, Math.floor((first - margin) / step) * step);
    const end = Math.min(candles.rows, last + margin);
    const out = { x: [], open: [], high: [], low: [], close: [], volume: [], text: [] };
    let [lowest, highest, most] = [Infinity, -Infinity, 0];
    for (let i = begin; i < end; i += step) {
      const stop = Math.min(i + step, candles.rows);
      let [high, low, volume] = [-Infinity, Infinity, 0];
      for (let j = i; j < stop; j++) {
        if (candles.high[j] > high) high = candles.high[j];
        if (candles.low[j] < low) low = candles.low[j];
        volume += candles.volume[j];
      }
      if (i + step > first && i < last) {
        lowest = Math.min(lowest, low); highest = Math.max(highest, high); most = Math.max(most, volume);
      }
      out.x.push(candles.time[i]); out.open.push(candles.open[i]); out.high.push(high); out.low.push(low);
      out.close.push(candles.close[stop - 1]); out.volume.push(volume);
    }
    const pad = (highest - lowest) * 0.04 || highest * 0.01 || 1;
    return { ...out, step, most: most || 1, range: [lowest - pad, highest + pad] };
  };
  const show = async (id, packed, words) => {
    const candles = await read(packed);
    if (candles.rows === 0) return;
    const whole = [candles.time[0], candles.time[candles.rows - 1] + (candles.rows > 1 ? candles.time[1] - candles.time[0] : 60000)];
    let seen = words.from === null ? whole : [Math.max(whole[0], words.from), whole[1]];
    const hasVolume = candles.volume.some((value) => value > 0);
    const make = (slot) => {
      const view = viewOf(candles, seen, slot.clientWidth || 800);
      const per = view.step * packed.stride;
      const line = (colour) => ({ line: { color: colour, width: 1 }, fillcolor: colour });
      return {
        data: [
          { type: "candlestick", x: view.x, open: view.open, high: view.high, low: view.low, close: view.close, name: "", increasing: { line: { color: "$past", width: 1 }, fillcolor: "rgba(0,0,0,0)" }, decreasing: line("$past"), xaxis: "x", yaxis: "y" },
          ...(hasVolume ? [{ type: "bar", x: view.x, y: view.volume, marker: { color: "$soft", opacity: 0.4, line: { width: 0 } }, yaxis: "y2", hoverinfo: "skip" }] : []),
        ],
        layout: {
          ...words.layout,
          xaxis: { ...words.layout.xaxis, type: "date", range: [...seen], rangeslider: { visible: false } },
          yaxis: { ...words.layout.yaxis, range: view.range, tickformat: ",.7~r", hoverformat: ",.7~r", domain: hasVolume ? [0.22, 1] : [0, 1], fixedrange: true },
          yaxis2: { domain: [0, 0.16], visible: false, fixedrange: true, range: [0, view.most] },
          annotations: [{ xref: "paper", yref: "paper", x: 0, y: 1, xanchor: "left", yanchor: "bottom", showarrow: false, font: { size: 11, color: "$soft" }, text: per === 1 ? "each bar" : "each candle drawn joins " + per.toLocaleString("en-GB") + " bars" }],
        },
      };
    };
    const after = (slot, paint) => {
      slot.on("plotly_relayout", (change) => {
        const to = change["xaxis.range[0]"] !== undefined ? [change["xaxis.range[0]"], change["xaxis.range[1]"]] : change["xaxis.range"];
        if (!to && !change["xaxis.autorange"]) return;
        const ms = (value) => (typeof value === "number" ? value : Date.parse(String(value).replace(" ", "T") + "Z"));
        const next = to ? [ms(to[0]), ms(to[1])] : whole;
        if (next.some(Number.isNaN) || (next[0] === seen[0] && next[1] === seen[1])) return;
        seen = next;
        paint();
      });
    };
    await window.rhymeFigures.add(id, make, { scrollZoom: true }, after);
  };
  window.rhymeCandles = { show };
})();
`;
