// How Jest finds modules that the compiler puts elsewhere, or under another name, than they stand in the sources.
const { existsSync } = require('node:fs');
const { dirname, join, sep } = require('node:path');

const project = dirname(__dirname);
const nodes = join(project, 'n8n-nodes') + sep;

module.exports = (request, options) => options.defaultResolver(sourceOf(request, options.basedir), options);

function sourceOf(request, folder) {
  if (!request.startsWith('.')) return request;
  const wanted = join(folder, request);
  // The nodes are built to dist/nodes and lib to dist/lib, so n8n-nodes/ names lib by its place in dist; tsconfig.json
  // says the same to the compiler with rootDirs.
  if (folder.startsWith(nodes.slice(0, -1)) && wanted === join(nodes, 'lib')) return join(project, 'lib');
  const source = wanted.replace(/\.cjs$/, '.cts');
  return source !== wanted && existsSync(source) ? source : request;
}
