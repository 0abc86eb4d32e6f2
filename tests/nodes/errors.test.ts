import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { EngineError } from '../../lib';
import { nodeError, reportError, rowError } from '../../n8n-nodes/shared/errors';
import { executing } from './support/fake_n8n';

const node = executing({ parameters: {} }).getNode();

describe('errors that n8n shows', () => {
  it('names the field, the code and the fix of a wrong setting', () => {
    const wrong = new EngineError('batchSize: must be 1 to 50000', { kind: 'invalid', field: 'batchSize', code: 'X1' });
    const error = nodeError(node, wrong, 3);
    expect(error).toBeInstanceOf(NodeOperationError);
    expect(error.message).toBe('batchSize: must be 1 to 50000');
    expect(error.description).toMatch(/^Field: batchSize\. Code: X1\. Correct the parameter/);
    expect(error.context['itemIndex']).toBe(3);
  });

  it.each([
    ['unauthorized', '401'],
    ['throttled', '429'],
    ['unavailable', '503'],
  ] as const)('gives what another system answered (%s) as an API error with status %s', (kind, httpCode) => {
    const error = nodeError(node, new EngineError('INVALID_SESSION_ID: expired', { kind, code: 'INVALID_SESSION_ID' }));
    expect(error).toBeInstanceOf(NodeApiError);
    expect((error as NodeApiError).httpCode).toBe(httpCode);
    expect(error.message).toBe('INVALID_SESSION_ID: expired');
    expect(error.description).toContain('Code: INVALID_SESSION_ID.');
  });

  it('passes an error on that is one of n8n already', () => {
    const error = new NodeOperationError(node, 'no field is mapped');
    expect(nodeError(node, error)).toBe(error);
  });

  it('keeps the message of any other error', () => {
    expect(nodeError(node, new TypeError('odd')).message).toBe('odd');
    expect(nodeError(node, 'plain text').message).toBe('plain text');
  });

  it('takes a kind that it does not know for an internal one', () => {
    const error = reportError(node, { kind: 'new_kind', message: 'm', code: '', field: '' });
    expect(error).toBeInstanceOf(NodeOperationError);
    expect(error.description).toMatch(/report it/);
  });

  it('says of a refused row whether another try may help', () => {
    const row = { code: 'UNABLE_TO_LOCK_ROW', message: 'locked', field: '', retryable: true };
    expect(rowError(node, row, 4).description).toBe(
      'Code: UNABLE_TO_LOCK_ROW. This may pass: run the node again for this item.',
    );
    expect(rowError(node, { ...row, retryable: false }, 4).description).toMatch(/Correct the value of this item/);
    expect(rowError(node, row, 4).context['itemIndex']).toBe(4);
  });
});
