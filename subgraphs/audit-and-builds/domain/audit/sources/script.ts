/** JavaScript and TypeScript, by TypeScript's own parser. */
import ts from 'typescript';
import { readScriptRoutes, mayHaveScriptRoutes } from '../surface/script-routes.js';
import type { ImportFact, SourceFacts, SourceFault } from './facts.js';

export function readScript(path: string, content: string): SourceFacts {
  const file = ts.createSourceFile(path, content, {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  });
  return {
    language: 'script',
    fault: isFlow(content) ? null : faultOf(file),
    imports: importsOf(file, content),
    web: mayHaveScriptRoutes(content) ? readScriptRoutes(file) : null,
  };
}

/** Another language, which only its own parser reads. */
function isFlow(content: string): boolean {
  return /^\s*(?:\/\*[\s\S]{0,2000}?@flow\b|\/\/[^\n]{0,200}@flow\b)/.test(content);
}

/** What `createSourceFile` noted: public only through a whole program, which would keep every file in memory. */
type Parsed = ts.SourceFile & { readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[] };

function faultOf(file: ts.SourceFile): SourceFault | null {
  const [first] = (file as Parsed).parseDiagnostics;
  if (first === undefined) return null;
  return { line: lineOf(file, first.start), message: ts.flattenDiagnosticMessageText(first.messageText, ' ') };
}

function lineOf(file: ts.SourceFile, position: number): number {
  return file.getLineAndCharacterOfPosition(position).line + 1;
}

/** Imports that stand inside functions; a file without them need not be walked. */
const nested = /\b(?:require|import)\s*[(.]|\bimport\s*\(/;

function importsOf(file: ts.SourceFile, content: string): ImportFact[] {
  const found: ImportFact[] = [];
  const note = (specifier: ts.Node | undefined): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const line = lineOf(file, specifier.pos + specifier.getLeadingTriviaWidth(file));
    found.push({ line, specifier: specifier.text, names: [], isWildcard: false, isOptional: false });
  };
  const goesDeeper = nested.test(content);
  // By hand: an expression of 100,000 operands is a tree as deep.
  const pending: ts.Node[] = [file];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (ts.isImportDeclaration(node)) note(node.moduleSpecifier);
    else if (ts.isExportDeclaration(node)) note(node.moduleSpecifier);
    else if (ts.isImportEqualsDeclaration(node)) {
      if (ts.isExternalModuleReference(node.moduleReference)) note(node.moduleReference.expression);
    } else if (ts.isImportTypeNode(node)) {
      if (ts.isLiteralTypeNode(node.argument)) note(node.argument.literal);
    } else if (isLoad(node)) note(node.arguments[0]);
    if (goesDeeper || ts.isSourceFile(node) || ts.isModuleDeclaration(node) || ts.isModuleBlock(node)) {
      ts.forEachChild(node, (child) => void pending.push(child));
    }
  }
  return found.sort((a, b) => a.line - b.line);
}

/** `import(…)`, `require(…)` and `require.resolve(…)`. */
function isLoad(node: ts.Node): node is ts.CallExpression {
  if (!ts.isCallExpression(node)) return false;
  const { expression } = node;
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(expression)) return expression.text === 'require';
  return (
    ts.isPropertyAccessExpression(expression) &&
    ts.isIdentifier(expression.expression) &&
    expression.expression.text === 'require' &&
    expression.name.text === 'resolve'
  );
}
