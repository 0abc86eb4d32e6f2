import * as fc from 'fast-check';

import { ApiDocument } from './support/api_document';
import { anyRequest, type FuzzRequest, type Known } from './support/arbitrary_request';
import { OpenService, salesforceIntegration, sqliteIntegration } from './support/open_service';

/** Another seed tries other requests: FUZZ_SEED=123. */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_260_101);
const requests = Number(process.env['FUZZ_REQUESTS'] ?? 20_000);
const answerMsMax = 20_000;
const planted = 'planted-fuzz-secret';

let open: OpenService;
let document: ApiDocument;
const texts = ['a', 'b', 'm', 's', 'org', 'Name', 'name', 'path', 'clientSecret', 'authentication'];
const known: Known = { texts, secretSettings: [], secret: planted };

beforeAll(async () => {
  open = await OpenService.create({ API_RATE_LIMIT_PER_MINUTE: '1000000' });
  document = await ApiDocument.of(open);
  for (const id of ['a', 'b']) await open.post('/api/integrations', sqliteIntegration(open, id));
  // An address that the service may not reach, so that no request waits for a network.
  const org = salesforceIntegration('org', planted);
  await open.post('/api/integrations', { ...org, config: { ...org.config, loginUrl: 'https://127.0.0.1' } });
  for (const { settings } of await open.engine.connectors()) {
    known.secretSettings.push(...settings.filter(({ secret }) => secret).map(({ name }) => name));
  }
  const fieldMappings = [{ source: 'name', target: 'name' }];
  await open.post('/api/mappings', { id: 'm', name: 'm', fieldMappings });
});
afterAll(() => open.close());

/** The answer, or an error after far too long. */
async function answerTo({ operation, url, body, headers }: FuzzRequest) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${operation.id} hangs`)), answerMsMax);
  });
  const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const text = body === undefined ? undefined : JSON.stringify(body);
  const call = open.call(operation.method, url, { body: text, headers: { ...headers, ...json } });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

test(
  'whatever is sent, the service answers as its document says: no 5xx, no hang, no secret',
  async () => {
    const statuses = new Map<string, number>();
    const property = fc.asyncProperty(anyRequest(document, known), async (request) => {
      const { operation } = request;
      const answer = await answerTo(request);
      // What is not configured, or not healthy, is said with 503.
      const promised = answer.body?.code === 'not-configured' || String(answer.status) in operation.responses;
      const failed = answer.status >= 500 && !promised;
      expect(failed ? [operation.id, request.url, answer.status, answer.text] : []).toEqual([]);
      expect(document.fault(operation, answer)).toBeUndefined();
      expect([planted, open.admin].filter((secret) => answer.text.includes(secret))).toEqual([]);
      const told = `${Math.floor(answer.status / 100)}xx`;
      statuses.set(told, (statuses.get(told) ?? 0) + 1);
    });
    await fc.assert(property, { seed, numRuns: requests, endOnFailure: true, verbose: false });
    expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(requests);
    // Requests that are all refused, or all let in, would prove little.
    expect(statuses.get('2xx')).toBeGreaterThan(requests / 20);
    expect(statuses.get('4xx')).toBeGreaterThan(requests / 20);
    const log = open.log.join('');
    for (const secret of [planted, open.admin]) expect(log).not.toContain(secret);
    expect(open.log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
    expect((await open.get('/api/audit/verify')).body.ok).toBe(true);
  },
  10 * 60_000,
);
