import { InputError } from '../telemetry/input-error.ts';
import { type Limits, type Role, roles } from './principal.ts';

/** What a new key is to be. */
export interface NewKeyInput {
  readonly name: string;
  /** Default `query` alone. */
  readonly roles?: readonly string[] | undefined;
  readonly limits?: Limits | undefined;
  readonly expiresAt?: Date | undefined;
}

/** A key can't be made like that: `field` is the part of `NewKeyInput` that is wrong. */
export class NewKeyError extends InputError {
  readonly field: NewKeyField;

  constructor(field: NewKeyField, message: string) {
    super(message);
    this.field = field;
  }
}

export type NewKeyField = 'name' | 'roles' | 'limits.clusters' | 'limits.namespaces' | 'expires_at';

export interface CheckedKeyInput {
  readonly name: string;
  readonly roles: Role[];
  readonly limits: { clusters?: string[]; namespaces?: string[] };
  readonly expiresAt?: Date;
}

export const maxNameLength = 100;
/** Letters, marks, digits, punctuation, symbols, blanks: nothing that is invisible or moves text. */
export const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;

/** Names are stored and shown, keys never are. */
const holdsKey = /ks_[0-9a-z]{12}_[0-9a-z]{40}/;

export const maxLimitValues = 1000;
/** A Kubernetes name has at most 253 characters. */
export const maxLimitLength = 253;

/**
 * Checks what a new key is to be; doubles among roles and limits fall away.
 *
 * @throws NewKeyError
 */
export function checkNewKey(input: NewKeyInput, now: Date): CheckedKeyInput {
  const { clusters, namespaces } = input.limits ?? {};
  if (input.expiresAt !== undefined && !(input.expiresAt > now)) {
    throw new NewKeyError('expires_at', 'The expiry of a key has to be in the future.');
  }
  return {
    name: checkName(input.name),
    roles: checkRoles(input.roles ?? ['query']),
    limits: {
      ...(clusters && { clusters: checkLimit('cluster', clusters) }),
      ...(namespaces && { namespaces: checkLimit('namespace', namespaces) }),
    },
    ...(input.expiresAt && { expiresAt: input.expiresAt }),
  };
}

function checkName(text: string): string {
  const name = text.trim();
  if (name.length === 0 || name.length > maxNameLength || !printable.test(name)) {
    throw new NewKeyError('name', `The name of a key has 1 to ${maxNameLength} printable characters.`);
  }
  if (holdsKey.test(name))
    throw new NewKeyError('name', 'The name of a key is shown: it can not hold a key.');
  return name;
}

function checkRoles(names: readonly string[]): Role[] {
  const unknown = names.find((name) => !roles.some((role) => role === name));
  if (unknown !== undefined) {
    throw new NewKeyError('roles', `"${unknown}" is not a role. Roles: ${roles.join(', ')}.`);
  }
  if (names.length === 0) throw new NewKeyError('roles', `A key needs a role: ${roles.join(', ')}.`);
  return roles.filter((role) => names.includes(role));
}

function checkLimit(kind: 'cluster' | 'namespace', values: readonly string[]): string[] {
  const field = `limits.${kind}s` as const;
  // A key that sees nothing at all is made by mistake: an absent list is what sets no limit.
  if (values.length === 0) throw new NewKeyError(field, `The list of ${kind}s that a key sees is empty.`);
  if (values.length > maxLimitValues) {
    throw new NewKeyError(field, `A key can be limited to at most ${maxLimitValues} ${kind}s.`);
  }
  if (values.some((value) => value.length === 0 || value.length > maxLimitLength || !printable.test(value))) {
    throw new NewKeyError(field, `The name of a ${kind} has 1 to ${maxLimitLength} printable characters.`);
  }
  if (values.some((value) => holdsKey.test(value))) {
    throw new NewKeyError(field, `The name of a ${kind} is shown: it can not hold a key.`);
  }
  return [...new Set(values)];
}
