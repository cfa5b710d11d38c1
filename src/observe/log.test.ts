import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { generateKey } from '../access/key.ts';

test('no line holds a key, wherever it stands', () => {
  const { id, key } = generateKey();
  const script = `
    import { createLog } from ${JSON.stringify(new URL('../../dist/observe/log.js', import.meta.url))};
    const key = ${JSON.stringify(key)};
    const log = createLog('trace');
    log.error({ err: new Error('bad ' + key, { cause: new Error(key) }), at: { headers: [key], [key]: 1 } }, key);
    log.child({ key }).trace('%s', key);
  `;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toMatchObject([
    {
      level: 50,
      err: { message: `bad ks_${id}_…: ks_${id}_…` },
      at: { headers: [`ks_${id}_…`] },
      msg: `ks_${id}_…`,
    },
    { level: 10, key: `ks_${id}_…`, msg: `ks_${id}_…` },
  ]);
  expect(stderr).not.toContain(key.slice(-40));
});
