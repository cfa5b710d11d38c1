/**
 * Secrets that are known by their form. What is secret is the last group of a pattern, at the end of the
 * match; without a group it is all of it.
 *
 * The patterns run in linear time whatever the text: each begins with something fixed or bounded, and once a
 * run of unbounded length is read nothing can fail behind it. What makes a run a secret is asked afterwards.
 */
export interface TokenPattern {
  readonly kind: SecretKind;
  /** With the flag `g`. */
  readonly pattern: RegExp;
  /** `isCut`: the text ends with it, so that it may be the beginning of a longer one. */
  readonly isSecret?: (text: string, isCut: boolean) => boolean;
}

export type SecretKind =
  | 'api_key'
  | 'aws_key'
  | 'azure_key'
  | 'basic_auth'
  | 'bearer_token'
  | 'card_number'
  | 'cookie'
  | 'github_token'
  | 'gitlab_token'
  | 'google_key'
  | 'jwt'
  | 'kubesense_key'
  | 'password'
  | 'private_key'
  | 'secret'
  | 'slack_token'
  | 'stripe_key'
  | 'token';

/** At least so many characters, or as many as there are before the text was cut. */
const atLeast =
  (length: number) =>
  (text: string, isCut: boolean): boolean =>
    text.length >= length || isCut;

/** Earlier ones name a secret that several find. */
export const tokenPatterns: readonly TokenPattern[] = [
  { kind: 'kubesense_key', pattern: /ks_[0-9a-z]{12}_[0-9a-z]+/g },
  {
    // Three parts, or five of an encrypted one; `eyJ` is `{"` in base64.
    kind: 'jwt',
    pattern: /eyJ[\w-]{10,}(?:\.[\w-]*){0,4}/g,
    isSecret: (text, isCut) => /^[^.]+\.[\w-]{4}/.test(text) || isCut,
  },
  { kind: 'aws_key', pattern: /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]+/g, isSecret: exactly(20) },
  { kind: 'google_key', pattern: /AIza[\w-]+/g, isSecret: atLeast(30) },
  { kind: 'google_key', pattern: /ya29\.[\w-]+/g, isSecret: atLeast(20) },
  { kind: 'google_key', pattern: /GOCSPX-[\w-]+/g, isSecret: atLeast(20) },
  { kind: 'azure_key', pattern: /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]+/g, isSecret: atLeast(30) },
  { kind: 'azure_key', pattern: /(?:AccountKey|SharedAccessKey)=([\w+/]+={0,2})/gi },
  { kind: 'azure_key', pattern: /[?&;]sig=([\w%+/-]+={0,2})/gi, isSecret: atLeast(16) },
  { kind: 'github_token', pattern: /(?:gh[pousr]_|github_pat_)\w+/g, isSecret: atLeast(20) },
  {
    kind: 'gitlab_token',
    pattern: /gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-[\w.-]+/g,
    isSecret: atLeast(20),
  },
  { kind: 'slack_token', pattern: /xox[a-z](?:\.xox[a-z])?-[\w-]+/g, isSecret: atLeast(15) },
  { kind: 'slack_token', pattern: /xapp-\d-[\w-]+/g },
  { kind: 'slack_token', pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/([\w/]+)/g },
  { kind: 'stripe_key', pattern: /(?<![A-Za-z0-9])[rs]k_(?:live|test)_\w+/g, isSecret: atLeast(16) },
  { kind: 'stripe_key', pattern: /whsec_[\w+/]+={0,2}/g, isSecret: atLeast(20) },
  {
    kind: 'api_key',
    pattern: /(?<![A-Za-z0-9])sk-(?:ant-|proj-|svcacct-|admin-|or-v1-)[\w-]+/g,
    isSecret: atLeast(20),
  },
  {
    kind: 'api_key',
    pattern: /(?<![A-Za-z0-9])sk-[A-Za-z0-9]+/g,
    isSecret: (text, isCut) => atLeast(23)(text, isCut) && /\d/.test(text),
  },
  { kind: 'api_key', pattern: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]+/g, isSecret: atLeast(36) },
  { kind: 'api_key', pattern: /pypi-AgE[\w-]+/g },
  { kind: 'api_key', pattern: /(?<![A-Za-z0-9])SG\.[\w-]{16,}\.[\w-]+/g },
  { kind: 'api_key', pattern: /(?<![A-Za-z0-9])hf_[A-Za-z0-9]+/g, isSecret: atLeast(30) },
  { kind: 'api_key', pattern: /do[opr]_v1_[a-f0-9]+/g },
  { kind: 'api_key', pattern: /(?<![A-Za-z0-9])dapi[a-f0-9]+/g, isSecret: atLeast(36) },
  { kind: 'api_key', pattern: /(?<![A-Za-z0-9.])hv[sbr]\.[\w-]+/g, isSecret: atLeast(24) },
  { kind: 'api_key', pattern: /shp(?:at|ca|pa|ss)_[a-fA-F0-9]+/g },
  { kind: 'api_key', pattern: /(?:glsa|glc)_\w+/g, isSecret: atLeast(24) },
  { kind: 'api_key', pattern: /(?:NRAK|PMAK)-[\w-]+/g, isSecret: atLeast(20) },
  { kind: 'api_key', pattern: /dckr_(?:pat|oat)_[\w-]+/g },
  { kind: 'api_key', pattern: /AGE-SECRET-KEY-1[A-Z0-9]+/g },
  { kind: 'api_key', pattern: /(?<!\d)\d{8,10}:AA[\w-]+/g, isSecret: atLeast(40) },
  {
    kind: 'basic_auth',
    pattern: /(?<![A-Za-z0-9])Basic\s{1,4}([A-Za-z0-9+/]{6,}={0,2})/gi,
    isSecret: (text, isCut) => looksRandom(text) || text.endsWith('=') || (isCut && /.[A-Z]/.test(text)),
  },
  {
    kind: 'bearer_token',
    pattern: /(?<![A-Za-z0-9])Bearer\s{1,4}([\w.~+/-]{6,}={0,2})/gi,
    isSecret: looksRandom,
  },
  {
    kind: 'bearer_token',
    pattern:
      /authorization(?:\\{0,8}["']){0,8}\s{0,4}[:=]\s{0,4}(?:\\{0,8}["']){0,8}(?:bearer|basic|token|apikey|api-key|negotiate|oauth)\s{1,4}([^\s"'\\,;]{3,})/gi,
  },
  {
    kind: 'bearer_token',
    pattern: /authorization(?:\\{0,8}["']){0,8}\s{0,4}[:=]\s{0,4}(?:\\{0,8}["']){0,8}([^\s"'\\,;]{6,})/gi,
    isSecret: looksRandom,
  },
  {
    kind: 'cookie',
    pattern:
      /cookie(?:\\{0,8}["']){0,8}\s{0,4}[:=]\s{0,4}(?:\\{0,8}["']){0,8}([\w.-]{1,64}=[^\s;"'\\]+(?:;\s{0,2}[\w.-]{1,64}(?:=[^\s;"'\\]*)?)*)/gi,
  },
  // To the last @ of the authority, as passwords may hold some.
  { kind: 'password', pattern: /:\/\/[^\s/?#:@"'<>]{0,128}:([^\s/?#"'<>]{1,256})(?=@)/g },
  { kind: 'password', pattern: /:([^\s@:/"']{1,128})(?=@(?:tcp|udp|unix)\()/g },
  { kind: 'password', pattern: /\s(?:-u|--user|--proxy-user)[\s=]{1,4}["']?[^\s:"']{1,64}:([^\s"']+)/g },
  {
    kind: 'password',
    pattern: /identified\s{1,4}(?:with\s{1,4}\w{1,40}\s{1,4})?by\s{1,4}(?:\\{0,8}["']){1,8}([^"'\r\n\\]+)/gi,
  },
  { kind: 'password', pattern: /<(?:\w{1,20}:)?\w{0,30}?(?:password|passwd|secret)>([^<]+)/gi },
  {
    kind: 'card_number',
    pattern:
      /(?<![\w.-]|(?:span|trace|request|correlation|event)[ _-]?id\W{1,4})(?:\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}|\d{4}[ -]\d{6}[ -]\d{4,5}|\d{13,19})(?![\w-])(?!\.\d)/gi,
    isSecret: isCardNumber,
  },
];

function exactly(length: number) {
  return (text: string, isCut: boolean): boolean => text.length === length || (isCut && text.length < length);
}

/**
 * Whether text is likelier a secret than words: eight characters or more with letters and digits, or many of
 * both cases. Times and addresses are not.
 */
export function looksRandom(text: string): boolean {
  if (text.length < 8 || /^\d{4}-\d\d-\d\d[T ]/.test(text)) return false;
  if (/\d/.test(text) && /[A-Za-z]/.test(text)) return true;
  return text.length >= 20 && /[a-z][A-Z]/.test(text) && /[A-Z][A-Z]/.test(text) && !/[.:]/.test(text);
}

/** The digits that cards of each network begin with, and how many there are; ISO/IEC 7812. */
const networks = [
  /^4\d{15}$/,
  /^(?:5[1-5]|2[2-7])\d{14}$/,
  /^3[47]\d{13}$/,
  /^(?:6011|65\d\d|64[4-9]\d)\d{12}$/,
  /^35[2-8]\d{13}$/,
  /^3(?:0[0-5]|[68]\d)\d{11}$/,
  /^62\d{14,17}$/,
];

/** A number of a known network whose check digit is right (Luhn). */
function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  if (!networks.some((network) => network.test(digits))) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits.at(-1 - i));
    const weighted = i % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
