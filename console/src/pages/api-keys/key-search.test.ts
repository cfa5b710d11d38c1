import { expect, test } from 'vitest';
import type { ApiKey } from '../../api/answers.ts';
import { foundKeys } from './key-search.ts';

const key = (id: string, changes: Partial<ApiKey>): ApiKey => ({
  id,
  name: id,
  roles: ['query'],
  limits: {},
  created_at: '2026-11-01T00:00:00Z',
  expires_at: null,
  last_used_at: null,
  state: 'active',
  source: 'local',
  ...changes,
});

const keys = [
  key('old', {}),
  key('gone', { state: 'revoked', created_at: '2026-11-20T00:00:00Z' }),
  key('new', { created_at: '2026-11-10T00:00:00Z', limits: { namespaces: ['Payments'] }, roles: ['ingest'] }),
];
const ids = (search: string, shown: 'active' | 'ended' | 'all') =>
  foundKeys(keys, search, shown).map(({ id }) => id);

test('those that work come first, the newest of them before', () => {
  expect(ids('', 'all')).toEqual(['new', 'old', 'gone']);
  expect(ids('', 'active')).toEqual(['new', 'old']);
  expect(ids('', 'ended')).toEqual(['gone']);
});

test('every word has to be in the key, in any case', () => {
  expect(ids('payments', 'all')).toEqual(['new']);
  expect(ids('INGEST pay', 'all')).toEqual(['new']);
  expect(ids('ingest shipping', 'all')).toEqual([]);
  expect(ids(' revoked ', 'all')).toEqual(['gone']);
});
