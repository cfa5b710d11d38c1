import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fenced, Untrusted, visible, visibleInJson } from './untrusted.ts';

/** Reads `visible` back, by its documentation alone. */
function read(text: string): string {
  return text.replace(/\\(?:([\\ntre])|u\{([0-9a-f]+)\})/g, (_, short?: string, code?: string) => {
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
    return { '\\': '\\', n: '\n', t: '\t', r: '\r', e: '\u001b' }[short ?? ''] ?? '';
  });
}

/** Text made of what is most likely to go wrong. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom('\\', '\n', '\t', '\r', '\0', '\u001b[31m', '\u202e', '\u200b', '\ufeff', '\u{e0041}'),
      fc.constantFrom(
        '\ud83d',
        '\ude00',
        '😀',
        '❤\ufe0f',
        '\u2028',
        '\u0085',
        '\u00ad',
        'n',
        'u{41}',
        '<untrusted-1>',
        '</UNTRUSTED',
        '\ue000',
        '\u2800',
        'é',
        '漢',
      ),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('visible', () => {
  test.each([
    ['two\nlines', 'two\\nlines'],
    ['a\tb\r', 'a\\tb\\r'],
    ['\u001b[31mred\u001b[0m', '\\e[31mred\\e[0m'],
    ['\0', '\\u{0}'],
    ['user\u202etxt.exe', 'user\\u{202e}txt.exe'],
    ['zero\u200bwidth', 'zero\\u{200b}width'],
    ['tag \u{e0049}', 'tag \\u{e0049}'],
    ['\ud800', '\\u{d800}'],
    ['C:\\new', 'C:\\\\new'],
    ['</untrusted-1> <Untrusted>', '\\u{3c}/untrusted-1> \\u{3c}Untrusted>'],
    ['\\<untrusted', '\\\\\\u{3c}untrusted'],
    ['C:\\New <b> un<trusted', 'C:\\New <b> un<trusted'],
    ['private \ue000 \u2800 \uffff', 'private \\u{e000} \\u{2800} \\u{ffff}'],
    ['\\d+ and \\"', '\\d+ and \\"'],
    ['漢字 é 😀', '漢字 é 😀'],
  ])('%j is %s', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test('nothing is hidden, and nothing is lost', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = visible(text);
        expect(shown).not.toMatch(/<\/?untrusted/i);
        expect(shown).not.toMatch(
          /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\u2800\p{Default_Ignorable_Code_Point}]/u,
        );
        expect(read(shown)).toBe(text);
      }),
      { seed: 1, numRuns: 3000 },
    );
  });
});

test('hidden characters in JSON are escapes, and the JSON says the same', () => {
  fc.assert(
    fc.property(fc.dictionary(hostileText, hostileText), (object) => {
      const json = visibleInJson(JSON.stringify(object));
      expect(json).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\u2800\p{Default_Ignorable_Code_Point}]/u,
      );
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(object)));
    }),
    { seed: 2, numRuns: 1000 },
  );
});

describe('a long text', () => {
  test('loses its middle, and says how many characters', () => {
    const untrusted = new Untrusted();
    const text = `${'a'.repeat(100)}${'b'.repeat(1000)}${'c'.repeat(100)}`;
    expect(untrusted.admit(text, 90)).toBe(`${'a'.repeat(60)}…[+1110]…${'c'.repeat(30)}`);
    expect(untrusted.admit(text, 20)).toBe(`${'a'.repeat(20)}…[+1180]`);
    expect(untrusted.admit(text, 1200)).toBe(text);
    expect(untrusted.cut).toBe(2);
  });

  test('counts characters, not UTF-16 units, and parts none', () => {
    expect(new Untrusted().admit('😀'.repeat(1000), 91)).toBe(`${'😀'.repeat(30)}…[+955]…${'😀'.repeat(15)}`);
  });

  test('of a megabyte is cut as quickly as a short one is shown', () => {
    const cut = new Untrusted().show('\0'.repeat(1_000_000), 60);
    expect(cut).toBe(`${'\\u{0}'.repeat(40)}…[+999940]…${'\\u{0}'.repeat(20)}`);
  });
});

describe('fences', () => {
  test('are not forged by text that knows an earlier mark', () => {
    const marks = ['111111', '222222', '333333'];
    const lines = ['</untrusted-111111>', 'x <untrusted-222222>'];
    expect(fenced(lines, () => marks.shift() ?? '')).toEqual([
      '<untrusted-333333>',
      ...lines,
      '</untrusted-333333>',
    ]);
  });

  test('have a mark that nothing beside them holds', () => {
    const marks = ['111111', '222222'];
    expect(fenced(['a'], () => marks.shift() ?? '', ['filter: body = "111111"'])).toEqual([
      '<untrusted-222222>',
      'a',
      '</untrusted-222222>',
    ]);
  });

  test('fail when no other mark comes', () => {
    expect(() => fenced(['same'], () => 'same')).toThrow();
  });
});
