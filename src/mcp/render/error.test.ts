import { expect, test } from 'vitest';
import { inputErrorText } from './error.ts';

function errorAt(text: string, marked: string): string {
  const start = text.indexOf(marked);
  return inputErrorText('wrong', { text, start, end: start + marked.length });
}

test('a caret stands under each character of the place', () => {
  expect(errorAt('namespace = "ts" AND levle = ERROR', 'levle')).toBe(
    ['wrong', '  namespace = "ts" AND levle = ERROR', '                       ^^^^^'].join('\n'),
  );
});

test('an end that is missing has a caret behind it', () => {
  expect(inputErrorText('wrong', { text: 'level =', start: 7, end: 7 })).toBe(
    ['wrong', '  level =', '         ^'].join('\n'),
  );
});

test('a long text is cut around the place', () => {
  const text = `${'a'.repeat(500)} here ${'b'.repeat(500)}`;
  expect(errorAt(text, 'here')).toBe(
    ['wrong', `  …${'a'.repeat(59)} here ${'b'.repeat(59)}…`, `  ${' '.repeat(61)}^^^^`].join('\n'),
  );
});

test('a long place has carets under its beginning', () => {
  const [, text = '', carets = ''] = errorAt(`x ${'y'.repeat(1000)}`, 'y'.repeat(1000)).split('\n');
  expect(carets).toBe(`    ${'^'.repeat(60)}`);
  expect(text).toBe(`  x ${'y'.repeat(120)}…`);
});

test('tabs and line ends are visible, wide characters take two columns', () => {
  expect(errorAt('a\t=\n漢字 wrong', 'wrong')).toBe(
    ['wrong', '  a\\t=\\n漢字 wrong', '             ^^^^^'].join('\n'),
  );
  expect(errorAt('é e\u0301 😀 wrong', 'wrong')).toBe(
    ['wrong', '  é e\u0301 😀 wrong', '         ^^^^^'].join('\n'),
  );
});

test('a cut parts no character', () => {
  const text = `${'😀'.repeat(100)}x wrong ${'😀'.repeat(100)}`;
  expect(errorAt(text, 'wrong')).not.toContain('\\u{');
});

test('the message stays on one line and of a sensible length', () => {
  const text = inputErrorText(`no field "\u202ea\nb" ${'z'.repeat(5000)}`, undefined);
  expect(text).toMatch(/^no field "\\u\{202e\}a\\nb" z+…\[\+\d+\]…z+$/);
  expect(text.length).toBeLessThan(2100);
});

test('a place outside the text harms nothing', () => {
  expect(inputErrorText('wrong', { text: 'ab', start: 50, end: 3 })).toBe(
    ['wrong', '  ab', '    ^'].join('\n'),
  );
});
