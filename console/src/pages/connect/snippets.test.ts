import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Connection } from '../../api/answers.ts';
import { assistants, senders } from './snippets.ts';

const connection: Connection = {
  mcp_url: 'https://kubesense.example/mcp',
  prometheus_url: 'https://kubesense.example',
  otlp_http_url: 'https://kubesense.example:4318',
  otlp_grpc_url: 'http://10.0.0.7:4317',
  remote_write_url: 'https://kubesense.example:4318/api/v1/write',
  ingest_needs_key: true,
  tls: true,
};

const textsOf = (id: string, of: Connection = connection): string[] =>
  [...assistants(of, 'ks_a_b'), ...senders(of, 'ks_a_b')]
    .filter((client) => client.id === id)
    .flatMap(({ snippets }) => snippets.map(({ text }) => text));

test('Claude Code and Cursor get what the public page says', () => {
  expect(textsOf('claude-code')).toEqual([
    'claude mcp add --transport http kubesense-mcp "https://kubesense.example/mcp" --header "Authorization: Bearer ks_a_b" --scope user',
  ]);
  expect(JSON.parse(textsOf('cursor')[0] ?? '')).toEqual({
    mcpServers: {
      'kubesense-mcp': {
        url: 'https://kubesense.example/mcp',
        headers: { Authorization: 'Bearer ks_a_b' },
      },
    },
  });
});

test('the key stays out of the file of VS Code', () => {
  expect(textsOf('vs-code').join()).not.toContain('ks_a_b');
});

test('plain HTTP beyond this machine has to be allowed for mcp-remote', () => {
  const argsAt = (mcp_url: string) =>
    JSON.parse(textsOf('claude-desktop', { ...connection, mcp_url })[0] ?? '').mcpServers.kubesense.args;
  expect(argsAt('http://10.0.0.7:3939/mcp')).toContain('--allow-http');
  expect(argsAt('http://127.0.0.1:3939/mcp')).not.toContain('--allow-http');
});

test('what the Collector and Prometheus get is YAML with the key where one is needed', () => {
  const [http = '', grpc = ''] = textsOf('collector');
  expect(parse(http).exporters).toEqual({
    'otlphttp/kubesense': {
      endpoint: 'https://kubesense.example:4318',
      headers: { Authorization: 'Bearer ks_a_b' },
    },
  });
  expect(parse(grpc).exporters).toEqual({
    'otlp/kubesense': {
      endpoint: '10.0.0.7:4317',
      tls: { insecure: true },
      headers: { Authorization: 'Bearer ks_a_b' },
    },
  });
  expect(parse(textsOf('prometheus')[0] ?? '')).toEqual({
    remote_write: [
      { url: 'https://kubesense.example:4318/api/v1/write', authorization: { credentials: 'ks_a_b' } },
    ],
  });
  const open = textsOf('collector', { ...connection, ingest_needs_key: false });
  expect(open.join()).not.toContain('ks_a_b');
});

test('receivers that are off are not offered', () => {
  const off = { ...connection, otlp_http_url: null, otlp_grpc_url: null, remote_write_url: null };
  expect(senders(off, '<key>').map(({ id }) => id)).toEqual(['promql']);
});
