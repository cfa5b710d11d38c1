/**
 * What a pattern means of a body, as text: `<*>` is any text, and so is what was cut out; `5xx` is a status of that
 * class; `…` at its end says that the body goes on.
 */
export function templateOf(pattern) {
  const goesOn = /(?<!\])…$/.test(pattern.trimEnd());
  const pieces = (goesOn ? pattern.trimEnd().slice(0, -1) : pattern)
    .trimEnd()
    .split(/(<\*>|…\[\+\d+\]…|\b[1-5]xx\b)/);
  const source = pieces.map((piece, i) => (i % 2 === 1 ? varying(piece) : escaped(piece))).join('');
  const whole = new RegExp(`^${source}$`, 'su');
  return (body) => {
    const head = headOf(body.trim());
    return goesOn === (head !== body.trim()) && whole.test(head.trimEnd());
  };
}

const varying = (piece) => (/^[1-5]xx$/.test(piece) ? `(?:${piece}|${piece[0]}[0-9]{2})` : '.*?');

/** Patterns are made of the first line, and of 300 characters of it at most, cut where no word is. */
function headOf(body) {
  const line = body.split('\n', 1)[0].trimEnd();
  const text = [...line].length < 8 ? body : line;
  const characters = [...text];
  if (characters.length <= 300) return text;
  const cut = characters.slice(0, 300).join('');
  return /^(?:.*[\s"'<>/?#\u{80}-\u{10FFFF}]|.*:|.*[,;|&=])/su.exec(cut)?.[0] ?? '';
}

function escaped(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
