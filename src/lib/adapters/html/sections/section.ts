import { html, type Fragment, type Html } from "../html.ts";

export interface SectionText {
  readonly id: string;
  readonly title: string;
  /** How to read what stands beside it. */
  readonly note: Fragment;
}

/** A titled part of the page: title and note in the margin, the matter beside or below it. */
export function section({ id, title, note }: SectionText, body: Fragment): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <div class="margin">
      <h2 id="${id}-title">${title}</h2>
      <div class="note">${note}</div>
    </div>
    <div class="matter">${body}</div>
  </section> `;
}

/** Where the page's script draws a Plotly figure; `label` says in words what it shows. */
export function figureSlot(id: string, label: string, height: number): Html {
  return html`<figure class="chart">
    <div id="${id}" role="img" aria-label="${label}" style="min-height:${height}px"></div>
    <noscript><p class="note">This chart is drawn by JavaScript, which is switched off here.</p></noscript>
  </figure>`;
}
