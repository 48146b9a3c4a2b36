/** What only the page of a trust report needs, beside the style of all pages. */
export const TRUST_STYLE = `
h3.more{margin-top:30px}
.methods,.forest{width:100%;border-collapse:collapse;font-size:.88rem}
.methods th,.methods td,.forest th,.forest td{text-align:right;padding:7px 0 7px 16px;border-bottom:1px solid var(--grid);font-weight:400;vertical-align:top;white-space:nowrap}
.methods th:first-child,.forest th:first-child,.methods .words{text-align:left}
.methods th:first-child,.forest th:first-child{padding-left:0;position:sticky;left:0;background:var(--paper);white-space:normal;min-width:9em}
.methods thead th,.forest thead th{border-bottom:1px solid var(--ink);font-size:.8rem;font-weight:600;color:var(--soft);vertical-align:bottom;white-space:normal}
.methods small,.forest small{display:block;font-size:.72rem;color:var(--soft)}
.methods .own th,.methods .own td{font-weight:700}.methods .own small{font-weight:400}
.methods small.best,.forest small.best{color:var(--past);font-weight:600}
.methods .version{white-space:normal;overflow-wrap:anywhere;min-width:12em}
.forest .whisker{width:52%;min-width:130px}
.whisker span{display:block;position:relative;height:18px}
.whisker u{position:absolute;top:-9px;bottom:-9px;width:1px;background:var(--ink)}
.whisker i{position:absolute;top:8px;height:2px;background:var(--soft)}
.whisker b{position:absolute;top:4px;width:10px;height:10px;margin-left:-5px;border-radius:50%;background:var(--soft)}
.whisker .sure i,.whisker .sure b{background:var(--past)}
.halves.wide{grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));margin:0}
.halves.wide>div{min-width:0}
.lines span::before{width:18px;height:3px;vertical-align:.28em}
.lines .own::before{background:var(--past)}.lines .ink::before{background:var(--ink)}.lines .other::before{background:var(--other)}.lines .soft::before{background:var(--soft)}
.looks{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));gap:32px 36px}
.look svg{display:block;width:100%;height:auto;overflow:visible}
.look path{fill:none}.look .level{stroke:var(--grid)}
.look .b90{fill:var(--band90)}.look .b80{fill:var(--band80)}.look .b50{fill:var(--band50)}
.look .middle{stroke:var(--past);stroke-dasharray:2 3}
.look .before{stroke:var(--ink);stroke-width:1.8}.look .after{stroke:var(--happened);stroke-width:1.8}
.look circle{fill:var(--happened)}.look text{font:600 12px var(--sans);fill:var(--happened)}
.look figcaption{display:flex;flex-wrap:wrap;gap:1px 10px;justify-content:space-between;font-size:.84rem;line-height:1.4;margin-top:6px}
.look .said{flex-basis:100%}
.matter>details{margin-top:18px}
@media (max-width:540px){.forest .whisker{width:30%;min-width:72px}.forest th:first-child{min-width:7.5em}.methods th,.methods td,.forest th,.forest td{padding-left:10px}}
`;
