/** Text that is markup already; made by `html` only, so whatever a user wrote has been escaped. */
export interface Html {
  readonly markup: string;
}

export type Fragment = Html | string | number | null | false | readonly Fragment[];

/**
 * A template whose values are escaped unless they are markup themselves; lists are joined, null and false vanish.
 * @example html`<td>${symbol}</td>`
 */
export function html(parts: TemplateStringsArray, ...values: readonly Fragment[]): Html {
  let markup = parts[0]!;
  values.forEach((value, i) => (markup += render(value) + parts[i + 1]!));
  return { markup };
}

/** Our own text, taken as markup: style, script and drawings, never anything that came from outside. */
export function trusted(markup: string): Html {
  return { markup };
}

function render(value: Fragment): string {
  if (value === null || value === false) return "";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return escapeHtml(value);
  if (isList(value)) return value.map(render).join("");
  return value.markup;
}

function isList(value: Html | readonly Fragment[]): value is readonly Fragment[] {
  return Array.isArray(value);
}

/** Safe between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** JSON for a script element: no tag, comment or line separator can end it early. */
export function scriptJson(value: unknown): Html {
  const json = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return { markup: json };
}
