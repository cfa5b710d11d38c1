import { z } from 'zod';
import type { KeyRecord } from '../access/key-store.ts';
import { isWithin } from '../access/limits.ts';
import { type Principal, roles } from '../access/principal.ts';
import { ConsoleError } from './console-error.ts';
import type { ConsoleContext, Endpoint, SignedIn } from './endpoint.ts';
import { readJson } from './read-input.ts';

const maxBodyBytes = 1024 * 1024;

const names = z.array(z.string()).optional();
const newKeyInput = z.strictObject({
  name: z.string(),
  roles: z.array(z.enum(roles, `roles are ${roles.join(', ')}`)).min(1, 'a key needs a role'),
  limits: z.strictObject({ clusters: names, namespaces: names }).default({}),
  expires_at: z.iso
    .datetime({ offset: true, error: 'an ISO 8601 time with its zone, or null' })
    .nullable()
    .default(null),
});

type Source = 'local' | 'file';

/** When a key in a file was made is not known. */
type ShownKey = Omit<KeyRecord, 'createdAt'> & { readonly createdAt?: Date };

/** `GET /keys`: the keys that the admin may know of. */
export const listKeys: Endpoint = async (context, _request, { session, principal }) => {
  const now = context.now();
  const keys = await visibleKeys(context, principal);
  return {
    status: 200,
    body: {
      keys: keys.map(({ record, source }) => listed(record, source, now)),
      can_generate: true,
      roles,
      current_key_id: session.by === 'key' ? principal.keyId : null,
      platform: context.hasPlatform,
    },
  };
};

/** `POST /keys`: makes a key; its answer is the only place where it can be read. */
export const generateKey: Endpoint = async (context, { incoming }, by) => {
  const input = await readJson(incoming, newKeyInput, maxBodyBytes);
  const { clusters, namespaces } = input.limits;
  const limits = { ...(clusters && { clusters }), ...(namespaces && { namespaces }) };
  const expiresAt = input.expires_at === null ? undefined : new Date(input.expires_at);
  checkBounds(limits, expiresAt, by);
  const { name, roles } = input;
  const now = context.now();
  const { key, record } = await context.keys.create({ name, roles, limits, expiresAt }, now);
  const asked = { ...input, name: record.name, roles: record.roles, id: record.id };
  return { status: 201, body: { key: listed(record, 'local', now), secret: key }, asked };
};

/** `DELETE /keys/<id>`: ends a key; one that has been revoked stays so. */
export const revokeKey: Endpoint = async (context, { name: id }, { principal }) => {
  const now = context.now();
  const found = (await visibleKeys(context, principal)).find(({ record }) => record.id === id);
  if (found === undefined) throw new ConsoleError('unknown_key', 'There is no key with this id.');
  if (found.source !== 'local') {
    throw new ConsoleError('not_local', 'This key comes from a file: it is revoked by taking it out there.');
  }
  const { record } = found;
  const revoked = record.revokedAt === undefined ? await context.keys.revoke(id, now) : record;
  const { lastUsedAt } = record;
  return {
    status: 200,
    body: { key: listed({ ...revoked, ...(lastUsedAt && { lastUsedAt }) }, 'local', now) },
    asked: { id },
  };
};

/** Whether somebody can sign in with a key that is known here. */
export async function hasAdminKey(context: ConsoleContext): Promise<boolean> {
  const now = context.now();
  const keys = await allKeys(context);
  return keys.some(({ record }) => record.roles.includes('admin') && stateOf(record, now) === 'active');
}

async function allKeys({ keys, mountedKeys, now }: ConsoleContext) {
  const of = (source: Source) => (record: ShownKey) => ({ record, source });
  const [local, mounted = []] = await Promise.all([keys.list(), mountedKeys?.(now())]);
  const records = mounted.map(({ keyId, ...principal }) => ({ ...principal, id: keyId }));
  return [...local.map(of('local')), ...records.map(of('file'))];
}

/** What a key may see says names of namespaces and clusters: an admin knows of keys within its own limits. */
async function visibleKeys(context: ConsoleContext, { limits }: Principal) {
  return (await allKeys(context)).filter(({ record }) => isWithin(record.limits, limits));
}

/** @throws ConsoleError a key would see more than the admin, or outlive its key */
function checkBounds(
  limits: KeyRecord['limits'],
  expiresAt: Date | undefined,
  { session, principal }: SignedIn,
): void {
  for (const kind of ['clusters', 'namespaces'] as const) {
    const own = principal.limits[kind];
    if (own === undefined || isWithin({ [kind]: limits[kind] }, { [kind]: own })) continue;
    throw new ConsoleError(
      'beyond_limits',
      `Your own key sees only the ${kind} ${own.join(', ')}; a key that you make has to be limited to some of them.`,
      { field: `limits.${kind}` },
    );
  }
  const end = session.by === 'key' ? principal.expiresAt : undefined;
  if (end === undefined || (expiresAt !== undefined && expiresAt <= end)) return;
  throw new ConsoleError(
    'beyond_limits',
    `Your own key ends at ${end.toISOString()}; a key that you make can not last longer.`,
    { field: 'expires_at' },
  );
}

function stateOf({ revokedAt, expiresAt }: ShownKey, now: Date): 'active' | 'expired' | 'revoked' {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt !== undefined && expiresAt <= now ? 'expired' : 'active';
}

function listed(record: ShownKey, source: Source, now: Date): unknown {
  const { id, name, roles, limits, createdAt, expiresAt, lastUsedAt } = record;
  return {
    id,
    name,
    roles,
    limits,
    created_at: createdAt?.toISOString() ?? null,
    expires_at: expiresAt?.toISOString() ?? null,
    last_used_at: lastUsedAt?.toISOString() ?? null,
    state: stateOf(record, now),
    source,
  };
}
