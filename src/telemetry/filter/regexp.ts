import { RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js';
import { estimateSize } from './regexp-size.ts';

/**
 * The most that one pattern may compile to, in the instructions of RE2's program: two thirds of 8 MB, the
 * memory that RE2 takes by default, hold 699,050 of them; our estimate is only nearly an upper bound.
 */
const maximumInstructions = 400_000;

/** The most that all patterns of a filter may have, in characters and classes, repeats multiplied out. */
export const maximumCharacters = 20_000;

/** Unicode classes that every RE2 has: general categories and scripts. */
const unicodeClasses: ReadonlySet<string> = new Set(
  (
    'Any C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs ' +
    'Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki ' +
    'Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee ' +
    'Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Duployan Egyptian_Hieroglyphs Elbasan Ethiopic ' +
    'Georgian Glagolitic Gothic Grantha Greek Gujarati Gurmukhi Han Hangul Hanunoo Hatran Hebrew Hiragana ' +
    'Imperial_Aramaic Inherited Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana ' +
    'Kayah_Li Kharoshthi Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian ' +
    'Mahajani Malayalam Mandaic Manichaean Marchen Meetei_Mayek Mende_Kikakui Meroitic_Cursive ' +
    'Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean New_Tai_Lue Newa Nko Ogham Ol_Chiki ' +
    'Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_South_Arabian Old_Turkic Oriya Osage ' +
    'Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan ' +
    'Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sora_Sompeng Sundanese Syloti_Nagri Syriac Tagalog ' +
    'Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Ugaritic ' +
    'Vai Warang_Citi Yi'
  ).split(' '),
);

/** What RE2 says of a wrong pattern, to what we say. */
const problems: readonly (readonly [theirs: string, ours: string])[] = [
  ['missing closing ]', 'a closing ] is missing'],
  ['missing closing )', 'a closing ) is missing'],
  ['unexpected )', 'a ) closes nothing; a literal one is \\)'],
  ['missing argument to repetition', 'there is nothing to repeat before * + ? or {…}; a literal one is \\*'],
  ['invalid repeat count', 'a repeat count is at most 1000 in all'],
  ['invalid nested repetition', 'two repetitions follow one another'],
  ['invalid escape sequence', 'this escape does not exist in RE2 (it has no back-references)'],
  ['invalid character class range', 'this range or class of characters does not exist'],
  ['invalid or unsupported Perl syntax', 'this group does not exist in RE2 (it has no look-around)'],
  ['trailing backslash', 'it ends in a single backslash; a literal one is \\\\'],
  ['invalid named capture', "a group's name takes letters, digits and _"],
  ['duplicate capture group', "a group's name is used twice"],
  ['nests too deeply', 'it nests too deeply'],
];

export interface PatternCheck {
  /** What is wrong with the pattern, as a clause; undefined where RE2 accepts it. */
  readonly problem: string | undefined;
  /** Characters and classes, repeats multiplied out. */
  readonly characters: number;
}

/**
 * Checks that RE2 accepts a pattern. What ClickHouse's RE2 refuses and the one in JavaScript accepts
 * (newer Unicode classes, programs beyond its memory) is a problem too.
 */
export function checkPattern(pattern: string): PatternCheck {
  const { characters, instructions, classes } = estimateSize(pattern);
  const unknown = classes.find((name) => !unicodeClasses.has(name));
  if (unknown !== undefined) {
    return { problem: `there is no Unicode class ${JSON.stringify(unknown)}`, characters };
  }
  if (characters > maximumCharacters || instructions > maximumInstructions) {
    return { problem: 'it is too large', characters };
  }
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return { problem: describe(error), characters };
  }
  return { problem: undefined, characters };
}

function describe(error: RE2JSException): string {
  const part = error instanceof RE2JSSyntaxException ? error.input : null;
  // `(?<=` and `(?<!` begin like a named group.
  const text = part && /^\(\?<[=!]/.test(part) ? 'invalid or unsupported Perl syntax' : error.message;
  const ours = problems.find(([theirs]) => text.includes(theirs))?.[1] ?? 'its syntax is wrong';
  return part ? `${ours}: ${JSON.stringify(part.length > 40 ? `${part.slice(0, 40)}…` : part)}` : ours;
}
