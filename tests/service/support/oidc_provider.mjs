// A certified OpenID provider in a process of its own, with one machine client and RS256 access tokens. Commands come
// as messages: "rotate" replaces its signing key, "stop" ends it.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const scope = 'sync:read sync:run integrations:write conflicts:decide admin other:thing';

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

function providerWith(issuer, key) {
  return new Provider(issuer, {
    jwks: { keys: [key] },
    clients: [
      {
        client_id: 'machine',
        client_secret: 'machine-secret',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope,
          audience: resource,
          accessTokenTTL: 600,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
}

let handle;
const server = createServer((request, response) => handle(request, response));
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const useNewKey = () => (handle = providerWith(issuer, newKey()).callback());
  useNewKey();
  process.on('message', (command) => {
    if (command === 'rotate') process.send((useNewKey(), 'rotated'));
    else server.close(() => process.disconnect());
    if (command === 'stop') server.closeAllConnections();
  });
  process.send({ issuer });
});
