import ts from "typescript";
import { html, type Html } from "../../lib/adapters/html/html.ts";

/** TypeScript in four quiet colours: words of the language, text, numbers and remarks. */
export function colourCode(code: string): readonly (Html | string)[] {
  const scanner = ts.createScanner(ts.ScriptTarget.ESNext, false, ts.LanguageVariant.Standard, code);
  const parts: (Html | string)[] = [];
  let depth: number[] = [];
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (kind === ts.SyntaxKind.OpenBraceToken) depth = depth.map((open) => open + 1);
    if (kind === ts.SyntaxKind.CloseBraceToken) {
      // The brace that ends a ${…}: what follows is text again.
      if (depth.at(-1) === 0) {
        kind = scanner.reScanTemplateToken(false);
        if (kind === ts.SyntaxKind.TemplateTail) depth.pop();
      } else depth = depth.map((open) => open - 1);
    }
    if (kind === ts.SyntaxKind.TemplateHead) depth.push(0);
    const name = classOf(kind);
    const text = scanner.getTokenText();
    parts.push(name === null ? text : html`<i class="${name}">${text}</i>`);
  }
  return parts;
}

/** Words that only mean something in their place, and there mostly do. */
const ALSO_WORDS = new Set([
  ts.SyntaxKind.AsyncKeyword,
  ts.SyntaxKind.AwaitKeyword,
  ts.SyntaxKind.AsKeyword,
  ts.SyntaxKind.FromKeyword,
  ts.SyntaxKind.OfKeyword,
  ts.SyntaxKind.ReadonlyKeyword,
  ts.SyntaxKind.SatisfiesKeyword,
  ts.SyntaxKind.UsingKeyword,
]);

function classOf(kind: ts.SyntaxKind): string | null {
  const { SyntaxKind } = ts;
  if (kind >= SyntaxKind.FirstKeyword && kind <= SyntaxKind.LastFutureReservedWord) return "k";
  if (ALSO_WORDS.has(kind)) return "k";
  if (kind === SyntaxKind.StringLiteral || kind === SyntaxKind.NoSubstitutionTemplateLiteral) return "s";
  if (kind >= SyntaxKind.TemplateHead && kind <= SyntaxKind.TemplateTail) return "s";
  if (kind === SyntaxKind.NumericLiteral || kind === SyntaxKind.BigIntLiteral) return "n";
  if (kind === SyntaxKind.SingleLineCommentTrivia || kind === SyntaxKind.MultiLineCommentTrivia) return "c";
  return null;
}
