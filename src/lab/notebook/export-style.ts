import { DARK, LIGHT, type Palette } from "../../lib/adapters/plotly/figure.ts";

const colours = (palette: Palette, panel: string): string =>
  [...Object.entries(palette).map(([name, colour]) => `--${name}:${colour}`), `--panel:${panel}`].join(";");

/** Of an exported notebook: a column of text as wide as a chart needs. */
export const EXPORT_STYLE = `
:root{color-scheme:light dark;${colours(LIGHT, "#f5eee2")}}
@media (prefers-color-scheme:dark){:root{${colours(DARK, "#1c2024")}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 Inter,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-ligatures:no-contextual}
main{max-width:1060px;margin:0 auto;padding:clamp(16px,4vw,48px)}
.words{max-width:75ch}
h1,h2,h3{font-family:"Iowan Old Style","Palatino Linotype",Palatino,P052,Georgia,"Noto Serif",serif;line-height:1.15;font-weight:600;text-wrap:balance}
h1{font-size:clamp(1.8rem,4.5vw,3rem);letter-spacing:-.015em;margin:.2em 0 .6em}
h2{font-size:1.45rem;margin:1.6em 0 .4em}h3{font-size:1.1rem}
a{color:var(--past)}
.words table{border-collapse:collapse}.words th,.words td{padding:4px 14px 4px 0;text-align:left;border-bottom:1px solid var(--grid)}
.words code{background:var(--panel);padding:.1em .3em;border-radius:3px;font-size:.88em}
.words blockquote{margin:0;padding-left:16px;border-left:3px solid var(--grid);color:var(--soft)}
pre{font:13px/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-x:auto;margin:0}
.cell{margin:18px 0 22px}
.code{background:var(--panel);border-left:3px solid var(--grid);padding:10px 14px}
.code.parameters{border-left-color:var(--other)}
.code i{font-style:normal}.code .k{color:var(--past)}.code .s{color:var(--other)}.code .n{color:var(--happened)}.code .c{color:var(--soft)}
.stream,.raw{padding:8px 14px;color:var(--ink)}.stderr{color:var(--soft)}
.error{padding:8px 14px;color:var(--happened);border-left:3px solid var(--happened)}
.rich{margin-top:10px;overflow-x:auto}
img{max-width:100%}
footer{border-top:1px solid var(--ink);margin-top:56px;font-size:.85rem;color:var(--soft)}
footer h2{font-size:1.1rem;color:var(--ink);margin:1em 0 .5em}
footer th{text-align:left;vertical-align:top;font-weight:500;padding:2px 18px 2px 0;white-space:nowrap}footer td{overflow-wrap:anywhere}
@media print{.code{border:1px solid var(--grid)}}
`.trim();
