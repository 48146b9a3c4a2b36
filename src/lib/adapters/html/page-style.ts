import { DARK, LIGHT, type Palette } from "../plotly/figure.ts";

function colours(palette: Palette, panel: string, rule: string): string {
  const named = Object.entries(palette).map(([name, colour]) => `--${name}:${colour}`);
  return [...named, `--panel:${panel}`, `--rule:${rule}`].join(";");
}

const light = colours(LIGHT, "#f5eee2", "#d8cdbc");
const dark = colours(DARK, "#1c2024", "#3a4046");

/** The page's whole style: serif for words, sans for figures, three colours with a meaning each. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;${light};
--serif:"Iowan Old Style","Palatino Linotype",Palatino,"TeX Gyre Pagella",P052,"Book Antiqua",Georgia,"Noto Serif",serif;
--sans:Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
--mono:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root{${dark}}}
:root.printing{${light};--paper:#fff;--panel:#f5f4f1}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 var(--sans);font-variant-numeric:tabular-nums}
.page{max-width:1240px;margin:0 auto;padding:clamp(20px,4vw,56px) clamp(16px,4vw,56px)}
p{margin:0 0 .75em}
h1,h2,h3{font-family:var(--serif);font-weight:600;line-height:1.15;margin:0;text-wrap:balance;overflow-wrap:anywhere}
h1{font-size:clamp(2.1rem,5.6vw,4.4rem);line-height:1.03;letter-spacing:-.022em;max-width:28ch;margin:.4em 0 .42em}
h2{font-size:1.6rem;letter-spacing:-.01em}
h3{font:600 .8rem/1.3 var(--sans);color:var(--soft);margin-bottom:.5em}
.kicker{font-size:.86rem;color:var(--soft);margin:0;padding-top:10px;border-top:4px solid var(--ink)}
.kicker b{color:var(--ink);letter-spacing:.01em}
.kicker span::before{content:"·";margin:0 .5em}
.deck{font:400 clamp(1.15rem,2vw,1.5rem)/1.4 var(--serif);max-width:62ch;margin-bottom:1.5em;text-wrap:pretty}
.warning{border-left:4px solid var(--happened);padding-left:14px;max-width:62ch}
.abstained{font:400 1.2rem/1.45 var(--serif);border:1px solid var(--rule);border-left:4px solid var(--ink);padding:18px 22px;max-width:60ch;background:var(--panel)}
.soft{color:var(--soft)}.happened{color:var(--happened)}

.strip{position:relative;margin:0 0 10px}
.strip .ends{position:relative;height:2.9rem;font:600 clamp(1.5rem,3.2vw,2.5rem)/1 var(--serif);color:var(--past);letter-spacing:-.02em}
.strip .ends b{position:absolute;bottom:.3rem;font-weight:600;white-space:nowrap}
.strip .ends b{transform:translateX(-50%)}
.bands{position:relative;height:58px;border-bottom:1px solid var(--ink)}
.band{position:absolute;top:0;bottom:0}
.b90{background:var(--band90)}.b80{background:var(--band80)}.b50{background:var(--band50)}
.median{position:absolute;top:0;bottom:0;width:2px;margin-left:-1px;background:var(--past)}
.bands .came{position:absolute;top:-8px;bottom:-8px;width:3px;margin-left:-1.5px;background:var(--happened);z-index:1}
.bands .came::after{content:"";position:absolute;left:-4.5px;bottom:-6px;width:12px;height:12px;border-radius:50%;background:var(--happened)}
.dots{position:relative;height:18px}
.dots i{position:absolute;top:4px;width:9px;height:9px;margin-left:-4.5px;border-radius:50%;background:var(--past);opacity:.62}
.scale{position:relative;height:1.4rem;font-size:.78rem;color:var(--soft)}
.scale span{position:absolute;transform:translateX(-50%);white-space:nowrap}
.key{font-size:.8rem;color:var(--soft);display:flex;flex-wrap:wrap;gap:.2em 1.3em;margin-bottom:0}
.key span::before{content:"";display:inline-block;width:14px;height:10px;margin-right:.45em;vertical-align:-.02em}
.k90::before{background:var(--band90);outline:1px solid var(--band80);outline-offset:-1px}.k80::before{background:linear-gradient(var(--band80),var(--band80)),var(--band90)}.k50::before{background:linear-gradient(var(--band50),var(--band50)),linear-gradient(var(--band80),var(--band80)),var(--band90)}
.key .kmedian::before{width:2px;height:13px;background:var(--past);vertical-align:-.15em}
.key .kdot::before{width:9px;height:9px;border-radius:50%;background:var(--past);opacity:.62}
.key .kcame{color:var(--happened)}.key .kcame::before{width:9px;height:9px;border-radius:50%;background:var(--happened)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,230px),1fr));gap:22px 36px;margin-top:34px}
.facts>div{border-top:1px solid var(--rule);padding-top:12px}
.facts p{font-size:.95rem;margin:0}

section{display:grid;grid-template-columns:minmax(0,1fr);gap:18px;border-top:1px solid var(--ink);margin-top:clamp(44px,6vw,76px);padding-top:16px}
.note{font-size:.88rem;color:var(--soft);max-width:62ch}
.margin .note{margin-top:10px}
.matter{min-width:0}
.plain{font:400 1.14rem/1.45 var(--serif);max-width:60ch}
@media (min-width:1000px){section{grid-template-columns:232px minmax(0,1fr);column-gap:48px}}
.swatch{display:inline-block;width:18px;height:3px;margin-right:.6em;vertical-align:.28em;background:var(--past)}
.swatch.ink{background:var(--ink)}.swatch.came{background:var(--happened)}.swatch.soft{background:var(--soft)}.swatch.other{background:var(--other)}
figure{margin:0}
.chart{margin:0 0 8px}
.panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,210px),1fr));gap:26px 34px}
.panels.four{grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr))}
.panel figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1em;font-size:.86rem;color:var(--soft);margin-bottom:8px}
.panel figcaption b{color:var(--ink)}.panel figcaption b::first-letter{text-transform:uppercase}.panel figcaption b{display:inline-block}
.panel svg{display:block;width:100%;height:auto;overflow:visible}
.panel path{stroke:var(--ink);stroke-width:1;fill:none}
.panel rect{stroke:var(--ink);stroke-width:1}
.panel .up rect{fill:var(--paper)}.panel .down rect{fill:var(--ink)}
.panel g:hover path,.panel g:hover rect{stroke:var(--past)}.panel g.down:hover rect{fill:var(--past)}
.panel .last{stroke:var(--soft);stroke-dasharray:1 4}
.dates{display:flex;justify-content:space-between;font-size:.76rem;color:var(--soft);margin-top:6px}
.outcomes{border-top:1px solid var(--rule)}
.outcome{display:grid;grid-template-columns:12em minmax(120px,1fr) 22em;gap:6px 22px;align-items:center;padding:10px 0;border-bottom:1px solid var(--grid);font-size:.9rem}
.outcome small{display:block;font-size:.8rem;line-height:1.3}.outcome .said{color:var(--soft)}.outcome b{color:var(--happened);font-size:1.05rem;margin-right:.3em}
.mini{position:relative;height:20px;background:linear-gradient(var(--grid),var(--grid)) center/100% 1px no-repeat}
.mini .band{top:2px;bottom:2px}.mini .came{position:absolute;top:4px;width:12px;height:12px;margin-left:-6px;border-radius:50%;background:var(--happened)}
@media (max-width:760px){.outcome{grid-template-columns:minmax(0,1fr)}}
.verdict{font:600 clamp(1.6rem,3.4vw,2.5rem)/1.1 var(--serif);letter-spacing:-.015em;margin-bottom:.45em}
.verdict.better{color:var(--past)}
.halves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:26px 44px;margin:24px 0}
.scores{width:100%;border-collapse:collapse;font-size:.88rem}
.scores th{font-weight:400;text-align:left;padding:5px 14px 5px 0;overflow-wrap:break-word}
.scores .own th,.scores .own .number{font-weight:700}
.scores .bar{width:34%;min-width:56px}.scores .bar span{display:block;position:relative;height:14px}
.scores .bar i{position:absolute;top:0;bottom:0;background:var(--soft);opacity:.45}
.scores .bar u{position:absolute;top:-8px;bottom:-8px;width:1px;margin-left:-.5px;background:var(--ink)}
.scores .own .bar i{background:var(--past);opacity:1}
.scores .number{text-align:right;padding-left:12px;white-space:nowrap}
.coverage{position:relative;height:28px;background:var(--grid);margin-bottom:8px}
.coverage i{display:block;height:100%;background:var(--past)}
.coverage u{position:absolute;left:80%;top:-6px;bottom:-6px;width:2px;margin-left:-1px;background:var(--ink)}
.scroll{overflow-x:auto}
.sortable{width:100%;border-collapse:collapse;font-size:.9rem;white-space:nowrap}
.sortable th,.sortable td{text-align:right;padding:9px 0 9px 20px;border-bottom:1px solid var(--grid);font-weight:400}
.sortable th:first-child,.sortable td:nth-child(2),.sortable thead th:nth-child(2){text-align:left}
.sortable th:first-child{padding-left:0;position:sticky;left:0;background:var(--paper)}
.sortable thead th{border-bottom:1px solid var(--ink);padding-bottom:6px}
.sortable button{all:unset;cursor:pointer;font-size:.8rem;font-weight:600;color:var(--soft)}
.sortable button:hover,.sortable button:focus-visible{color:var(--ink);text-decoration:underline}
.sortable [aria-sort=ascending] button::after{content:" ↑"}.sortable [aria-sort=descending] button::after{content:" ↓"}
.sortable tbody tr:hover,.sortable tbody tr:hover th{background:var(--panel)}
.sortable tbody th{font-weight:600}
.weight{display:inline-block;height:8px;background:var(--past);opacity:.55;margin-right:8px}
.hint,.whose{display:none}
@media (max-width:540px){.hint{display:block;margin-bottom:8px}}
@media (max-width:620px){.whose{display:block;font-weight:400;color:var(--soft)}.weight{display:none}.sortable th:nth-child(2),.sortable td:nth-child(2){display:none}.sortable th,.sortable td{padding-left:14px}.sortable tbody th{white-space:normal;min-width:6.8em}}
.asked{font:600 1.5rem/1.2 var(--serif);color:var(--ink);margin-bottom:.6em}
.honest{margin:0;padding-left:1.1em;font:400 1.06rem/1.5 var(--serif);max-width:64ch}.honest li{margin-bottom:.6em}
pre{font:.84rem/1.6 var(--mono);background:var(--panel);padding:16px 18px;overflow-x:auto;margin:0;max-height:420px}
footer{border-top:4px solid var(--ink);margin-top:clamp(44px,6vw,76px);padding-top:16px;font-size:.88rem}
.advice{font:600 1.15rem/1.4 var(--serif)}
summary{cursor:pointer;margin-bottom:10px}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 18px}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--past);outline-offset:2px}
@page{margin:14mm}
@media print{*{print-color-adjust:exact;-webkit-print-color-adjust:exact}body{font-size:11pt}.page{max-width:none;padding:0}section{break-inside:avoid;margin-top:28px;grid-template-columns:minmax(0,1fr)}#own,details{display:none}.sortable{white-space:normal}}
`;
