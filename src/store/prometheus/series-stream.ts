import { StringDecoder } from 'node:string_decoder';
import { StoreError } from '../store-error.ts';
import { labelSet } from './label-set.ts';

const longestLabelSet = 8 * 1024 * 1024;

/**
 * The label sets of an answer of `/series`, one after another as they arrive, so that a metric of a million
 * series takes the memory of one.
 *
 * @throws StoreError where the answer is none or ends before its end
 */
export async function* labelSetsOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Readonly<Record<string, string>>> {
  const decoder = new StringDecoder('utf8');
  let depth = 0;
  let inString = false;
  let escaped = false;
  let current = '';
  let begun = false;
  for await (const chunk of chunks) {
    const text = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    // Where the label set that is being read goes on in this chunk.
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (inString) {
        if (escaped) escaped = false;
        else if (code === BACKSLASH) escaped = true;
        else if (code === QUOTE) inString = false;
      } else if (code === QUOTE) inString = true;
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        depth++;
        begun = true;
        // The root, its list, and a label set in that.
        if (depth === 3) from = i;
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        depth--;
        if (depth === 2) {
          yield parse(current + text.slice(from, i + 1));
          current = '';
        }
      }
    }
    if (depth >= 3) current += text.slice(from);
    if (current.length > longestLabelSet)
      throw new StoreError('internal', 'a label set of the answer is too long');
  }
  if (!begun || depth !== 0) throw new StoreError('internal', 'the answer to series is cut or no JSON');
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

function parse(text: string): Readonly<Record<string, string>> {
  try {
    return labelSet.parse(JSON.parse(text));
  } catch (error) {
    throw new StoreError('internal', `no label set: ${text.slice(0, 200)}`, { cause: error });
  }
}
