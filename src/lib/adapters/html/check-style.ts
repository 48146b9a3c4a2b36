/** What only the page of a check needs, beside the style of all pages. */
export const CHECK_STYLE = `
header.series{border-top:4px solid var(--ink);margin-top:clamp(60px,8vw,110px);padding-top:18px}
header.series h2{font-size:clamp(1.8rem,4vw,3rem);margin-bottom:.3em}
.read span{display:block;font-size:.82rem;line-height:1.35;color:var(--soft);margin-bottom:.25em}
.read .file{color:var(--ink);overflow-wrap:anywhere}
.plain-table{width:100%;border-collapse:collapse;font-size:.88rem}
.plain-table th,.plain-table td{text-align:right;padding:6px 0 6px 18px;border-bottom:1px solid var(--grid);font-weight:400;vertical-align:baseline}
.plain-table th:first-child,.plain-table .words{text-align:left}
.plain-table th:first-child{padding-left:0}
.plain-table thead th{border-bottom:1px solid var(--ink);font-size:.8rem;font-weight:600;color:var(--soft)}
.plain-table tbody th{font-weight:600}
.plain-table a{color:inherit;text-decoration-color:var(--soft);text-underline-offset:.2em}
h3.years{margin-top:30px}
.rest td,.rest th{vertical-align:middle;text-align:left}
.rest td:first-child{padding-left:0;width:100px}
.rest th{white-space:nowrap}
.rest .words{overflow-wrap:anywhere;min-width:9em}
.cells{display:block;width:100%;min-width:640px;height:auto}
.cells text{font:9px var(--sans);fill:var(--soft)}
.cells .closed,.cells-key .closed{fill:var(--grid);background:var(--grid)}
.cells .c0,.cells-key .c0{fill:var(--past);background:var(--past);opacity:.62}
.cells .c1,.cells-key .c1{fill:var(--other);background:var(--other);opacity:.4}
.cells .c2,.cells-key .c2{fill:var(--other);background:var(--other);opacity:.6}
.cells .c3,.cells-key .c3{fill:var(--other);background:var(--other);opacity:.8}
.cells .c4,.cells-key .c4{fill:var(--other);background:var(--other)}
.cells .flag{fill:var(--happened);stroke:var(--paper);stroke-width:.8}
.cells-key i{display:inline-block;width:11px;height:11px;margin-right:4px;vertical-align:-.08em}
.cells-key .flag{border-radius:50%;background:var(--happened);width:8px;height:8px;margin:0 6px 0 2px;vertical-align:.02em}
.findings{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,248px),1fr));gap:30px 34px}
.finding svg{display:block;width:100%;height:auto;overflow:visible;border-bottom:1px solid var(--rule)}
.finding .nothing{color:var(--soft);font-size:.84rem;border:1px dashed var(--rule);padding:30px 12px;text-align:center;margin:0}
.finding figcaption{display:grid;grid-template-columns:1fr auto;gap:1px 12px;font-size:.84rem;line-height:1.35;margin-top:7px}
.finding .done{color:var(--soft)}
.finding .value,.finding .place{grid-column:1/-1;overflow-wrap:anywhere}
.place{color:var(--soft);font-size:.78rem}
.finding text{font:11px var(--sans);fill:var(--soft)}
.finding text.off{fill:var(--happened);font-weight:600}
.finding path{fill:none;stroke:var(--ink);stroke-width:1}
.finding .rose{fill:var(--paper)}.finding .fell{fill:var(--ink)}
.finding .unsound path{stroke:var(--soft);opacity:.55}.finding .unsound .fell{fill:var(--soft)}
.finding .own path{stroke:var(--happened);stroke-width:1.4}.finding .own .fell{fill:var(--happened)}
.finding .stands path{stroke:var(--past);stroke-width:1.4}.finding .stands .fell{fill:var(--past)}
.finding .pointer{fill:var(--happened);stroke:none}
.finding .volume{fill:var(--soft);stroke:none;opacity:.5}.finding .volume.own{fill:var(--happened);opacity:1}
.hole{fill:var(--other);opacity:.2}
.stamps .way{stroke:var(--soft)}.stamps .back{stroke:var(--happened);stroke-width:1.8}
.stamps circle{fill:var(--ink)}.stamps circle.own{fill:var(--happened)}
svg.small{display:block;width:96px;height:26px}
.small path{fill:none;stroke:var(--soft);stroke-width:1}.small .own,.small .back{stroke:var(--happened);stroke-width:2}
details{margin-top:26px}
.limit{margin-top:16px}
@media (max-width:540px){.rest .place{display:none}.plain-table th,.plain-table td{padding-left:12px}}
`;
