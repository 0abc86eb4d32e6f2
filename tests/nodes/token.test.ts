import type { IDataObject } from 'n8n-workflow';

import { token } from '../../n8n-nodes/shared/token';
import { choosing } from './support/fake_n8n';

const oAuth = 'salesforceOAuth2Api';
const jwt = 'salesforceJwtApi';

/** An n8n with one credential. `login` is what n8n does to it when it answers an authenticated call. */
function host(type: string, data: IDataObject, login: (data: IDataObject) => void = () => undefined) {
  const calls: string[] = [];
  const context = choosing({
    parameters: {},
    credentials: { [type]: data },
    call: (_type, { url }) => {
      calls.push(url);
      return Promise.resolve(data).then(login);
    },
  });
  return { context, calls };
}

describe('tokens that n8n owns', () => {
  it('are taken as n8n holds them, without a call', async () => {
    const { context, calls } = host(oAuth, { oauthTokenData: { access_token: 'a1', instance_url: 'https://x.test/' } });
    expect(await token(context, oAuth)).toEqual({ accessToken: 'a1', instanceUrl: 'https://x.test' });
    expect(calls).toEqual([]);
  });

  it('are read again without a call when somebody else has refreshed them', async () => {
    const { context, calls } = host(oAuth, { oauthTokenData: { access_token: 'a2', instance_url: 'https://x.test' } });
    expect((await token(context, oAuth, 'a1')).accessToken).toBe('a2');
    expect(calls).toEqual([]);
  });

  it('are refreshed by n8n, through one authenticated call, when the one it holds was refused', async () => {
    const held = { access_token: 'a1', instance_url: 'https://x.test' };
    const { context, calls } = host(oAuth, { oauthTokenData: held }, () => (held.access_token = 'a2'));
    expect((await token(context, oAuth, 'a1')).accessToken).toBe('a2');
    expect(calls).toEqual(['https://x.test/services/data/v58.0/limits']);
  });

  it('are got by n8n when it has none for a JWT credential', async () => {
    const { context, calls } = host(jwt, { username: 'u' }, (data) =>
      Object.assign(data, { accessToken: 'j1', instanceUrl: 'https://x.test' }),
    );
    expect(await token(context, jwt)).toEqual({ accessToken: 'j1', instanceUrl: 'https://x.test' });
    expect(calls).toEqual(['/services/data/v58.0/limits']);
  });

  it('are refused when n8n keeps the token that the org refused', async () => {
    const { context } = host(oAuth, { oauthTokenData: { access_token: 'a1', instance_url: 'https://x.test' } });
    await expect(token(context, oAuth, 'a1')).rejects.toMatchObject({ kind: 'unauthorized', field: 'Credential' });
  });

  it('cannot come from an OAuth credential that nobody has connected', async () => {
    const { context, calls } = host(oAuth, {});
    await expect(token(context, oAuth)).rejects.toThrow('not connected to Salesforce yet');
    expect(calls).toEqual([]);
  });

  it('keep the reason when n8n cannot log in', async () => {
    const { context } = host(jwt, {}, () => {
      throw new Error('invalid_grant: user is not approved');
    });
    await expect(token(context, jwt)).rejects.toThrow('Salesforce login by n8n failed: invalid_grant');
  });
});
