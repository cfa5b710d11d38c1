import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSecrets } from '../../src/mcp/redaction/find-secrets.ts';
import { Redaction } from '../../src/mcp/redaction/redaction.ts';
import { harmless, jwt, ownKey, pem, secretCases } from './secrets.ts';

describe('a secret', () => {
  test.each(secretCases)('$kind in $text', ({ kind, text, secret }) => {
    const redaction = new Redaction();
    const shown = redaction.text(text);
    expect(shown).toContain(`[redacted:${kind}]`);
    expect(shown).not.toContain(secret);
    expect(redaction.notes()).toEqual([`1 secret is shown as [redacted:kind]: 1 ${kind}`]);
    // What stands around it stays.
    const [before = '', after = ''] = text.split(secret);
    if (kind !== 'cookie' && kind !== 'private_key')
      expect(shown).toBe(`${before}[redacted:${kind}]${after}`);
  });

  test.each(secretCases)('$kind is found wherever it stands in a text', ({ kind, text, secret }) => {
    const shown = new Redaction().text(`first line\n{"a": 1} ${text}\nlast line`);
    expect(shown).toContain(`[redacted:${kind}]`);
    expect(shown).not.toContain(secret);
    expect(shown.startsWith('first line\n{"a": 1}')).toBe(true);
    if (!text.startsWith('-----BEGIN') || text.endsWith('-----'))
      expect(shown.endsWith('\nlast line')).toBe(true);
  });

  test.each([
    ['at the end of the text', (part: string) => part],
    ['in front of an ellipsis', (part: string) => `${part}… and more`],
  ])('that was cut before shows no half %s', (_, cut) => {
    for (let length = 16; length <= jwt.length; length++) {
      expect(new Redaction().text(cut(`x ${jwt.slice(0, length)}`))).toBe(cut('x [redacted:jwt]'));
    }
    for (let length = 30; length <= pem.length; length += 7) {
      expect(new Redaction().text(pem.slice(0, length))).not.toMatch(/[A-Za-z0-9]{20}/);
    }
    for (let length = 18; length <= ownKey.length; length++) {
      expect(new Redaction().text(cut(ownKey.slice(0, length)))).toBe(cut('[redacted:kubesense_key]'));
    }
  });
});

test.each(harmless)('no secret: %s', (text) => {
  expect(new Redaction().text(text)).toBe(text);
});

test('several in one text are counted by kind', () => {
  const redaction = new Redaction();
  expect(redaction.text(`a ${jwt} b password=x1 c password="y" d`)).toBe(
    'a [redacted:jwt] b password=[redacted:password] c password="[redacted:password]" d',
  );
  expect(redaction.text('password=x1')).toBe('password=[redacted:password]');
  expect(redaction.notes()).toEqual(['4 secrets are shown as [redacted:kind]: 1 jwt, 3 password']);
});

test('off, everything stays', () => {
  const redaction = new Redaction(false);
  const value = { rows: [[`password=hunter2 ${jwt}`]], columns: [{ name: '@password' }] };
  expect(redaction.all(value)).toBe(value);
  expect(redaction.place({ text: jwt, start: 1, end: 2 })).toEqual({ text: jwt, start: 1, end: 2 });
  expect(redaction.notes()).toEqual([]);
});

describe('a result', () => {
  test('is redacted in all its texts, names of labels too, and keeps its shape', () => {
    const redaction = new Redaction();
    const result = {
      filter: 'body LIKE "%password=hunter2%"',
      window: { from: 1n, to: 2n },
      notes: ['a', { text: `near ${jwt}`, quotesTelemetry: true }],
      series: [
        {
          labels: { pod: 'a', [`k ${jwt}`]: 'b', token: 'abc12345', empty: null },
          points: [
            [1, 2.5],
            [2, null],
          ],
        },
      ],
      cursors: [`eyJ${'A'.repeat(40)}.${'B'.repeat(10)}`, null],
    };
    expect(redaction.all(result)).toEqual({
      ...result,
      filter: 'body LIKE "%password=[redacted:password]"',
      notes: ['a', { text: 'near [redacted:jwt]', quotesTelemetry: true }],
      series: [
        {
          labels: { pod: 'a', 'k [redacted:jwt]': 'b', token: '[redacted:token]', empty: null },
          points: [
            [1, 2.5],
            [2, null],
          ],
        },
      ],
    });
    expect(redaction.notes()).toEqual(['4 secrets are shown as [redacted:kind]: 2 jwt, 1 password, 1 token']);
  });

  test('takes the name of a column or field for what its values are', () => {
    const columns = [
      '@db.password',
      'body',
      '@http.request.header.authorization',
      '@token',
      'trace_id',
      'duration',
    ];
    const rows = [
      ['hunter2', 'hunter2', '["Basic x"]', 'none', '4111111111111111', 5],
      [null, '', '', 'abc12345', null, 6n],
    ];
    expect(new Redaction().all({ columns: columns.map((name) => ({ name })), rows })).toEqual({
      columns: columns.map((name) => ({ name })),
      rows: [
        ['[redacted:password]', 'hunter2', '[redacted:bearer_token]', 'none', '4111111111111111', 5],
        [null, '', '', '[redacted:token]', null, 6n],
      ],
    });
    const field = { name: '@app.passwd', exampleValues: ['a', '***'] };
    expect(new Redaction().all([field])).toEqual([
      { ...field, exampleValues: ['[redacted:password]', '***'] },
    ]);
  });

  test('that holds none is the same object', () => {
    const result = { rows: [['a', 1]], series: [{ labels: { a: 'b' }, points: [[1, 2]] }], filter: '' };
    expect(new Redaction().all(result)).toBe(result);
  });
});

test('the place of an error moves with its text', () => {
  const text = `body = "${jwt}" AND levle = x`;
  const at = text.indexOf('levle');
  const place = new Redaction().place({ text, start: at, end: at + 5 });
  expect(place.text).toBe('body = "[redacted:jwt]" AND levle = x');
  expect(place.text.slice(place.start, place.end)).toBe('levle');
  const within = new Redaction().place({ text, start: 20, end: 30 });
  expect(within.text.slice(within.start, within.end)).toBe('[redacted:jwt]');
});

/** Pieces that patterns begin with or go on with, without an end. */
const pieces = [
  'eyJ',
  '.',
  '-',
  '_',
  'password',
  '=',
  ':',
  ' ',
  '"',
  "'",
  '\\',
  '\\"',
  '://',
  '@',
  'a',
  '4111',
  '4',
  '-----BEGIN RSA PRIVATE KEY-----',
  '-----BEGIN ',
  '-----END ',
  'token=',
  'pwd:',
  'Bearer ',
  'Basic ',
  'authorization: ',
  'Cookie: a=',
  ';',
  'AKIA',
  'ghp_',
  'sk-',
  '--',
  '--token ',
  '<',
  '<password>',
  'ks_',
  '&sig=',
  'AccountKey=',
  'identified by ',
  ' -u ',
  '{',
  '[',
  '$',
  '%',
  '\n',
  'xoxb-',
  'SG.',
  '1Q~',
  '…',
  '12345678:AA',
  '@tcp(',
];

describe('time is in proportion to the length, whatever the text', () => {
  /** Of the processor: the clock goes on while others have it. */
  const milliseconds = (text: string): number => {
    const start = process.cpuUsage();
    findSecrets(text);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  };

  test('of any pieces over and over', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }), (parts) => {
        const unit = parts.join('');
        const text = unit.repeat(Math.ceil(100_000 / unit.length));
        // Quadratic, this takes ten thousand million steps: minutes.
        expect(milliseconds(text)).toBeLessThan(4_000);
      }),
      { seed: 11, numRuns: 150 },
    );
  });

  test.each(pieces)('of %j alone, a megabyte', (piece) => {
    expect(milliseconds(piece.repeat(Math.ceil(1_000_000 / piece.length)))).toBeLessThan(10_000);
  });

  test('and what comes out holds no secret any more', () => {
    const secrets = secretCases.filter(({ kind }) => kind !== 'private_key');
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...secrets), fc.constantFrom('\n', ' and ', '; ', ', ')), {
          maxLength: 8,
        }),
        (parts) => {
          const text = parts.map((part) => (typeof part === 'string' ? part : ` ${part.text} `)).join('');
          const shown = new Redaction().text(text);
          for (const part of parts) {
            if (typeof part !== 'string' && part.secret.length > 8) expect(shown).not.toContain(part.secret);
          }
        },
      ),
      { seed: 12, numRuns: 500 },
    );
  });
});
