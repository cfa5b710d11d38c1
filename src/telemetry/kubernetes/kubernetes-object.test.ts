import { expect, test } from 'vitest';
import { imageName } from './image.ts';
import { containerOfPath, workloadOfObject } from './kubernetes-object.ts';

test.each([
  ['Pod', 'cart-7c9d8bcdf-x2x4z', 'cart'],
  ['Pod', 'ledger-0', 'ledger'],
  ['Pod', 'fluent-bit-x2x4z', 'fluent-bit'],
  ['Pod', 'cleanup-28391230-x2x4z', 'cleanup'],
  ['Pod', 'alone', 'alone'],
  ['ReplicaSet', 'cart-7c9d8bcdf', 'cart'],
  ['ReplicaSet', 'cart', 'cart'],
  ['Job', 'cleanup-28391230', 'cleanup'],
  ['Deployment', 'cart-7c9d8bcdf', 'cart-7c9d8bcdf'],
  ['Node', 'node-1', ''],
])('%s %s is of the workload %s', (kind, name, workload) => {
  expect(workloadOfObject(kind, name)).toBe(workload);
});

test.each([
  ['spec.containers{app}', 'app'],
  ['spec.initContainers{migrate}', 'migrate'],
  ['spec.ephemeralContainers{debug}', 'debug'],
  ['', ''],
  ['spec.nodeName', ''],
])('the container of %s', (path, container) => {
  expect(containerOfPath(path)).toBe(container);
});

test.each([
  ['docker.io/library/redis:7.2', 'redis:7.2'],
  ['registry:5000/team/cart:1.0@sha256:0123456789abcdef', 'cart:1.0'],
  ['registry:5000/team/cart@sha256:0123456789abcdef', 'cart@sha256:0123456789ab'],
  ['cart', 'cart'],
])('the image %s', (reference, name) => {
  expect(imageName(reference)).toBe(name);
});
