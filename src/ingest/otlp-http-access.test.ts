import { describe, expect, test } from 'vitest';
import { OtlpEndpoint, protobuf } from '../../test/ingest/otlp-endpoint.ts';
import {
  decodeMessage,
  encodeMessage,
  log,
  logsRequest,
  textAttribute,
} from '../../test/ingest/otlp-messages.ts';
import { HttpError } from '../http/http-error.ts';

const endpoint = new OtlpEndpoint();

const logs = logsRequest([log('first'), log('second')]);

const refuse = (status: number, message: string, headers?: Record<string, string>) => async () => {
  throw new HttpError(status, message, headers);
};

describe('keys', () => {
  test('a request without a good one is a 401, without its body being read', async () => {
    await endpoint.serve({ authenticate: refuse(401, 'a key is needed', { 'WWW-Authenticate': 'Bearer' }) });
    const answer = await endpoint.post('/v1/logs', encodeMessage('ExportLogsServiceRequest', logs), {
      'content-type': protobuf,
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(decodeMessage('Status', answer.bytes)).toEqual({ code: 16, message: 'a key is needed' });
    expect(endpoint.sink.tokens).toEqual([]);
  });

  test('one without the role is a 403', async () => {
    await endpoint.serve({ authenticate: refuse(403, 'the key does not have the role ingest') });
    const answer = await endpoint.postJson('/v1/logs', logs);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toEqual({ code: 7, message: 'the key does not have the role ingest' });
  });

  test('when it can not be checked, the sender is to try again', async () => {
    await endpoint.serve({ authenticate: refuse(503, 'keys can not be checked', { 'Retry-After': '5' }) });
    const answer = await endpoint.postJson('/v1/logs', logs);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
  });

  test('its limits bind what it writes, as partial success', async () => {
    await endpoint.serve({ authenticate: async () => ({ namespaces: ['shop'] }) });
    const shop = await endpoint.postJson(
      '/v1/logs',
      logsRequest([log('a')], [textAttribute('k8s.namespace.name', 'shop')]),
    );
    expect(shop).toMatchObject({ status: 200, text: '{}' });
    const web = await endpoint.postJson(
      '/v1/logs',
      logsRequest([log('b')], [textAttribute('k8s.namespace.name', 'web')]),
    );
    expect(JSON.parse(web.text)).toEqual({
      partialSuccess: {
        rejectedLogRecords: '1',
        errorMessage: '1 rejected: the key may not write namespace "web" (1)',
      },
    });
    expect(endpoint.sink.rows('logs').map(({ Body }) => Body)).toEqual(['a']);
  });
});
