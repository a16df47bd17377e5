/** Texts and members in a script, as far as they stand there. */
import ts from 'typescript';
import { unknown } from './web-facts.js';

/** Null for anything but a text that stands there as it is. */
export function readText(expression: ts.Expression | undefined): string | null {
  return expression !== undefined && ts.isStringLiteralLike(expression) ? expression.text : null;
}

/** The paths that an expression is, `unknown` in the place of what can't be read; none for what is no path at all. */
export function textsOf(expression: ts.Expression | undefined, constant: (name: string) => string | null): string[] {
  if (expression === undefined) return [];
  if (ts.isArrayLiteralExpression(expression)) return expression.elements.flatMap((each) => textsOf(each, constant));
  if (ts.isIdentifier(expression)) {
    const known = constant(expression.text);
    return known === null ? [] : [known];
  }
  const text = readText(expression);
  if (text !== null) return [text];
  const part = (each: ts.Expression): string => textsOf(each, constant)[0] ?? unknown;
  if (ts.isTemplateExpression(expression)) {
    const { head, templateSpans } = expression;
    return [head.text + templateSpans.map((span) => part(span.expression) + span.literal.text).join('')];
  }
  if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return [part(expression.left) + part(expression.right)];
  }
  return [];
}

export function listOf(expression: ts.Expression | undefined): readonly ts.Expression[] {
  if (expression === undefined) return [];
  return ts.isArrayLiteralExpression(expression) ? expression.elements : [expression];
}

/** Of `a.b.c`, `a.b` and `c`. */
export function memberOf(expression: ts.Expression): { readonly base: string; readonly name: string } | null {
  if (!ts.isPropertyAccessExpression(expression)) return null;
  const { expression: base, name } = expression;
  if (base.kind === ts.SyntaxKind.ThisKeyword) return { base: 'this', name: name.text };
  if (ts.isIdentifier(base)) return { base: base.text, name: name.text };
  const outer = memberOf(base);
  return outer === null ? null : { base: `${outer.base}.${outer.name}`, name: name.text };
}

export function lineOf(file: ts.SourceFile, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}
