import type { App } from '../context';
import { Problem } from '../problem';

/**
 * Bodies are JSON. None at all is as good as one that is left out, whatever its type is said to be: many clients name
 * a type with every POST. Members that would change prototypes are refused by the parser.
 */
export function addBodies(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body, done);
  });
  app.addContentTypeParser<string>('*', { parseAs: 'string' }, (_request, body, done) => {
    if (body === '') done(null, undefined);
    else done(new Problem('unsupported-media-type', 'send JSON, with Content-Type: application/json'));
  });
}
