/** Controllers of NestJS. */
import ts from 'typescript';
import { lineOf } from './script-texts.js';
import type { Route } from './web-facts.js';

const verbs: Readonly<Record<string, string>> = {
  Get: 'GET',
  Post: 'POST',
  Put: 'PUT',
  Patch: 'PATCH',
  Delete: 'DELETE',
  Head: 'HEAD',
  Options: 'OPTIONS',
  All: '*',
};

export interface Controller {
  readonly prefixes: readonly string[];
  readonly routes: readonly Omit<Route, 'router'>[];
}

type ReadTexts = (expression: ts.Expression | undefined) => string[];

/** Null for a class that is none. A version is the first part of its paths, as versioning by URI has it. */
export function readController(file: ts.SourceFile, node: ts.ClassDeclaration, texts: ReadTexts): Controller | null {
  const decorator = decoratorsOf(node).find(({ name }) => name === 'Controller');
  if (decorator === undefined) return null;
  const [given] = decorator.given;
  const options = given !== undefined && ts.isObjectLiteralExpression(given) ? given : null;
  const property = (name: string): ts.Expression | undefined =>
    options?.properties.find((each) => ts.isPropertyAssignment(each) && each.name.getText(file) === name) === undefined
      ? undefined
      : (options.properties.find((each) => each.name?.getText(file) === name) as ts.PropertyAssignment).initializer;
  const paths = texts(options === null ? given : property('path'));
  const versions = texts(property('version')).map((version) => `/v${version}`);
  const prefixes = (versions.length === 0 ? [''] : versions).flatMap((version) =>
    (paths.length === 0 ? [''] : paths).map((path) => joined(version, path)),
  );
  const routes = node.members.filter(ts.isMethodDeclaration).flatMap((method) =>
    decoratorsOf(method).flatMap(({ name, given: [path], at }) => {
      const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
      if (verb === undefined) return [];
      const found = texts(path);
      return (found.length === 0 ? [''] : found).map((text) => ({
        verbs: [verb],
        path: joined('', text),
        line: lineOf(file, at),
      }));
    }),
  );
  return { prefixes, routes };
}

function joined(prefix: string, path: string): string {
  return path === '' ? prefix : `${prefix}/${path.replace(/^\//, '')}`;
}

interface Decorator {
  readonly name: string;
  readonly given: readonly ts.Expression[];
  readonly at: ts.Node;
}

function decoratorsOf(node: ts.HasDecorators): Decorator[] {
  return (ts.getDecorators(node) ?? []).flatMap(({ expression }) =>
    ts.isCallExpression(expression) && ts.isIdentifier(expression.expression)
      ? [{ name: expression.expression.text, given: expression.arguments, at: expression }]
      : [],
  );
}
