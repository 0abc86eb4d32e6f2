// Reads the structure of TypeScript and JavaScript with the TypeScript compiler's own parser.
import ts from 'typescript';

const parsed = new WeakMap();

function tree(source) {
  let root = parsed.get(source);
  if (!root) {
    const kind = /\.[mc]?ts$/.test(source.path) ? ts.ScriptKind.TS : ts.ScriptKind.JS;
    root = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true, kind);
    parsed.set(source, root);
  }
  return root;
}

function nodes(source, accepts) {
  const found = [];
  const visit = (node) => {
    if (accepts(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree(source));
  return found;
}

/** All functions with a body in braces, but not the callback of `describe`, which is a chapter and no function. */
export function scriptFunctions(source) {
  return nodes(source, (node) => ts.isFunctionLike(node) && node.body && ts.isBlock(node.body) && !isChapter(node)).map(
    ({ body }) => ({ start: body.getStart(), end: body.getEnd() }),
  );
}

function isChapter(node) {
  const call = node.parent;
  return ts.isCallExpression(call) && /^describe\b/.test(call.expression.getText());
}

/** The catch blocks without a statement: {start, end} of the braces. */
export function emptyCatches(source) {
  return nodes(source, (node) => ts.isCatchClause(node) && node.block.statements.length === 0).map(({ block }) => ({
    start: block.getStart(),
    end: block.getEnd(),
  }));
}

/** What a file imports, in every form: [{specifier, position}]. */
export function imports(source) {
  const specifierOf = (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
    if (ts.isExternalModuleReference(node)) return node.expression;
    if (!ts.isCallExpression(node)) return undefined;
    const loads = node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require';
    return loads ? node.arguments[0] : undefined;
  };
  return nodes(source, (node) => specifierOf(node) !== undefined)
    .map((node) => ({ specifier: specifierOf(node), position: node.getStart() }))
    .filter(({ specifier }) => ts.isStringLiteralLike(specifier))
    .map(({ specifier, position }) => ({ specifier: specifier.text, position }));
}
