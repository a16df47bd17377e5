/** Nodes of a script that routes are read from. */
import ts from 'typescript';
import { readText } from './script-texts.js';

export type FunctionNode = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction;

export function isFunction(node: ts.Node): node is FunctionNode {
  return ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node);
}

export function exportedAs(node: ts.FunctionDeclaration | ts.VariableStatement, name: string): string | null {
  const kinds = node.modifiers?.map(({ kind }) => kind) ?? [];
  if (!kinds.includes(ts.SyntaxKind.ExportKeyword)) return null;
  return kinds.includes(ts.SyntaxKind.DefaultKeyword) ? 'default' : name;
}

/** `require('./x')`, also with a member behind it. */
export function requiredBy(expression: ts.Expression): string | null {
  if (ts.isPropertyAccessExpression(expression)) return requiredBy(expression.expression);
  if (!ts.isCallExpression(expression) || !ts.isIdentifier(expression.expression)) return null;
  return expression.expression.text === 'require' ? readText(expression.arguments[0]) : null;
}

/** A module of CommonJS is what it exports: its default. */
export function requiredMember(expression: ts.Expression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : 'default';
}

export function memberName(name: ts.PropertyName): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : 'default';
}

export function propertyOf(node: ts.Expression, name: string): ts.Expression | undefined {
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  for (const property of node.properties) {
    if (ts.isPropertyAssignment(property) && ts.isIdentifier(property.name) && property.name.text === name) {
      return property.initializer;
    }
  }
  return undefined;
}

/** Of `router.route('/x').get(a).post(b)`, what the chain begins with. */
export function routeOfChain(
  expression: ts.Expression,
): { receiver: ts.Expression; path: ts.Expression | undefined } | null {
  for (let at = expression; ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression);) {
    if (at.expression.name.text === 'route') return { receiver: at.expression.expression, path: at.arguments[0] };
    at = at.expression.expression;
  }
  return null;
}
