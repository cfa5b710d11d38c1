/** What a pattern means of the first line of a body, as text: `<*>` is any text, and so is what was cut out. */
export function templateOf(pattern) {
  const pieces = pattern.trimEnd().split(/(<\*>|…\[\+\d+\]…)/);
  const source = pieces.map((piece, i) => (i % 2 === 1 ? '.*?' : escaped(piece))).join('');
  const whole = new RegExp(`^${source}$`, 'su');
  return (body) => whole.test(headOf(body));
}

/** Patterns are made of the first line, and of 300 characters of it at most. */
function headOf(body) {
  return [...body.split('\n', 1)[0]].slice(0, 300).join('').trimEnd();
}

function escaped(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
