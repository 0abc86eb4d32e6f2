/**
 * The simulated Salesforce org: one HTTP server on 127.0.0.1 that behaves like an org's REST, Bulk 2.0 and login
 * hosts, over generated data. For tests; see ../README.md for use and for what it leaves out.
 */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { BulkJobs } from './bulk/jobs';
import { Faults } from './faults/fault';
import { dispatch } from './http/exchange';
import { makeServer } from './http/server';
import { Stats } from './http/stats';
import { defaultOptions, type TwinOptions } from './options';
import { Sessions } from './sessions';
import { Cursors } from './soql/cursor';
import { Org } from './store/org';
import type { Twin } from './twin';

export { objectsFor, type TwinOptions } from './options';

const JWT_KEY_BITS = 2048;

export interface SalesforceTwin {
  /** `http://127.0.0.1:PORT`, login host and instance URL in one. */
  url: string;
  close(): Promise<void>;
}

function jwtKeys(publicPem: string | null): Twin['jwt'] {
  if (publicPem !== null) return { publicKey: createPublicKey(publicPem), privatePem: null };
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: JWT_KEY_BITS });
  return { publicKey, privatePem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })) };
}

/** Starts a twin; options left out take their defaults. Rejects when the port is taken. */
export async function startSalesforceTwin(options: Partial<TwinOptions> = {}): Promise<SalesforceTwin> {
  const org = new Org({ ...defaultOptions(), ...options });
  const twin: Twin = {
    org,
    cursors: new Cursors(org),
    sessions: new Sessions(org),
    jobs: new BulkJobs(org),
    faults: new Faults(),
    stats: new Stats(),
    jwt: jwtKeys(org.options.jwtPublicKey),
    dispatch: (request) => dispatch(request, twin),
  };
  let url = '';
  const server = makeServer(twin, () => url);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(org.options.port, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
