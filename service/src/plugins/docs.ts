import * as fs from 'node:fs';
import * as path from 'node:path';

import type { App } from '../context';
import { Problem } from '../problem';

/** Files of swagger-ui-dist that the page needs. A build copies them into `swagger-ui` beside the bundle. */
export const docsAssets = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
};

/** Everything the page loads comes from here, and no script stands in the page itself. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Data Sync API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png" />
  </head>
  <body>
    <div id="docs"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const start = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true });
`;

/** The readable page of the API: GET /docs. */
export function addDocs(app: App): void {
  const folder = assetsFolder();
  const options = { schema: { hide: true }, config: { scope: 'public' as const } };
  app.get('/docs', options, (_request, reply) => {
    void reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page);
  });
  // Whoever opens the address of the service in a browser finds the page.
  app.get('/', options, (_request, reply) => reply.redirect('/docs'));
  app.get('/docs/start.js', options, (_request, reply) => {
    void reply.type('text/javascript; charset=utf-8').send(start);
  });
  for (const name of docsAssets) {
    app.get(`/docs/${name}`, options, async (_request, reply) => {
      if (folder === undefined)
        throw new Problem('not-found', 'this build of the service has no page; /openapi.json is there');
      const content = await fs.promises.readFile(path.join(folder, name));
      return reply
        .type(types[path.extname(name)] ?? '')
        .header('cache-control', 'public, max-age=3600')
        .send(content);
    });
  }
}

function assetsFolder(): string | undefined {
  const beside = path.join(__dirname, 'swagger-ui');
  if (fs.existsSync(beside)) return beside;
  try {
    return path.dirname(require.resolve('swagger-ui-dist/package.json'));
  } catch {
    return undefined;
  }
}
