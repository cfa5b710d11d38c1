import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileTexts } from '../../../test/hostile/corpus.ts';
import { realTokens } from '../../../test/support/tokens.ts';
import { estimateTokens } from './estimate.ts';

const ordinary: readonly (readonly [kind: string, text: string])[] = [
  [
    'prose',
    'The connection to the payment service timed out after thirty seconds; the order was not placed.',
  ],
  [
    'a log line',
    '16:42:09.486 [http-nio-14322-exec-6] INFO  travel2.controller.Travel2Controller#115 [query][Query TripResponse]',
  ],
  [
    'an exception',
    'org.springframework.web.client.ResourceAccessException: I/O error on POST request for "http://ts-seat-service:18898": connect timed out; nested exception is java.net.SocketTimeoutException\n\tat org.springframework.web.client.RestTemplate.doExecute(RestTemplate.java:785)',
  ],
  [
    'an origin',
    '\tts-travel2-service\tts\tts-travel2-service-5c66d57d58-6mp2b\t33.33.33.167\tINFO\ttext\t129',
  ],
  ['times and ids', '2023-01-29T08:42:57.612123456Z 6f3cbf058c2765548a39ad724905d6a1 1842a2bf5c7e1e2b'],
  ['JSON', '{"level":"error","msg":"payment declined","order_id":"4711","retry":false,"latency_ms":12.5}'],
  [
    'PromQL',
    'sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{namespace=~"ts|shop",container!=""}[5m])) > 0.5',
  ],
  ['a filter', `namespace = "default" AND (level = ERROR OR body LIKE '%timeout%') AND duration > 500ms`],
  [
    'SQL',
    "SELECT id, name FROM orders WHERE created_at > '2023-01-29' AND status <> 'paid' ORDER BY id LIMIT 10",
  ],
  [
    'our head',
    '10 of 93436 logs; newest first; 2023-01-29 08:41:00 to 10:30:00 UTC (server clock 2023-01-29 10:30:00 UTC)',
  ],
  ['a table', 'bucket start\t#1\t#2\n2023-01-29 08:40*\t12\t0.5\n08:45\t1021\t-\n08:50 x4\t99\t1.25'],
  ['our fences', '<untrusted-k3f9xq>\nall rows:\tnamespace=ts\tcluster=eu\n</untrusted-k3f9xq>'],
];

const unusual: readonly (readonly [kind: string, text: string])[] = [
  ['Chinese', '支付服务超时，请检查数据库连接。订单创建失败：库存不足。'],
  ['rare Chinese', '鰀鱻龘靐齉爩龖厵癵驫麤'],
  ['Japanese', 'エラー：接続がタイムアウトしました。再試行してください。'],
  ['Korean', '오류: 데이터베이스 연결 시간이 초과되었습니다.'],
  ['Arabic', 'خطأ في الاتصال بقاعدة البيانات، يرجى المحاولة مرة أخرى'],
  ['Hebrew', 'שגיאה בחיבור למסד הנתונים'],
  ['Hindi', 'डेटाबेस से कनेक्ट करने में त्रुटि'],
  ['Thai', 'การเชื่อมต่อฐานข้อมูลหมดเวลา'],
  ['Russian', 'Ошибка подключения к базе данных: превышено время ожидания'],
  ['German', 'Zeitüberschreitung beim Verbinden, größer als zulässig'],
  ['emoji', '🚀🔥✅❌👩‍💻🏳️‍🌈🇩🇪👍🏽'],
  ['control pictures', '␀␁␂␃␄␅␆␇␈␉␊␋␌␍␎␏'],
  ['symbols', '→←↑↓≤≥≠±×÷∞√∑∏∫≈∆€£¥§¶†‡•…‰'],
  ['box drawing', '┌──┬──┐│  ││  │└──┴──┘'],
  ['rare planes', '𝕳𝖊𝖑𝖑𝖔𐍈𒀀𓀀𠜎𡃁'],
  ['combined marks', 'Z̷̢̛͎͚͕̏̀̓a̵̧͇͙̓l̸̨̛̬̓̈́g̴̢̛̤̈́o'],
  ['escapes', '\\u{202e}\\x{1b}\\n\\t'],
  ['white space', ' \t  \n\n   \r\n\t\t \u00a0\u3000     x'],
  ['dashes of a table', '\t-\t-\t-\t-'],
];

describe('is not below the real number of tokens', () => {
  test.each([...ordinary, ...unusual])('of %s', (_, text) => {
    for (const times of [1, 3, 40]) {
      const repeated = text.repeat(times);
      expect(estimateTokens(repeated)).toBeGreaterThanOrEqual(realTokens(repeated));
    }
  });

  test('of hostile log bodies', () => {
    for (const { name, text } of hostileTexts) {
      // The tokenizer takes minutes for a megabyte without a blank.
      const start = text.slice(0, 4000);
      expect(estimateTokens(start), name).toBeGreaterThanOrEqual(realTokens(start));
    }
  });

  const of = (characters: string) => fc.string({ unit: fc.constantFrom(...characters), maxLength: 200 });
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const random: readonly (readonly [string, fc.Arbitrary<string>])[] = [
    ['any code points', fc.string({ unit: 'binary', maxLength: 200 })],
    ['any graphemes', fc.string({ unit: 'grapheme', maxLength: 200 })],
    ['any ASCII', fc.string({ unit: 'binary-ascii', maxLength: 200 })],
    ['small letters', of(letters)],
    ['capitals', of(letters.toUpperCase())],
    ['letters', of(letters + letters.toUpperCase())],
    ['consonants and digits, as in names of pods', of('bcdfghjklmnpqrstvwxz2456789-')],
    ['base64', of(`${letters}${letters.toUpperCase()}0123456789+/=`)],
    ['hexadecimal digits', of('0123456789abcdef')],
    ['digits', of('0123456789')],
    ['punctuation', of('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~')],
    ['white space', of(' \t\n\r\u00a0')],
    ['words', fc.array(of(letters)).map((words) => words.join(' '))],
    ['all kinds beside one another', of('abXY 1\t\n.-_"é漢😀\u200d\u0301')],
  ];

  test.each(random)('of %s', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(estimateTokens(text)).toBeGreaterThanOrEqual(realTokens(text));
      }),
      { seed: 9, numRuns: 1000 },
    );
  });

  test('by more than a sixth, of the same again and again', () => {
    const repeated = fc.tuple(fc.string({ unit: 'binary-ascii', maxLength: 6 }), fc.nat(100));
    fc.assert(
      fc.property(repeated, ([part, times]) => {
        const text = part.repeat(times);
        expect(estimateTokens(text) * 1.16).toBeGreaterThanOrEqual(realTokens(text));
      }),
      { seed: 9, numRuns: 1000 },
    );
  });

  test('of each UTF-16 unit alone', () => {
    for (let code = 0; code < 0x10000; code++) {
      const unit = String.fromCharCode(code);
      if (estimateTokens(unit) < realTokens(unit)) expect.fail(`unit ${code.toString(16)}`);
    }
  });
});

test('is two fifths above it at most for ordinary text', () => {
  const text = ordinary.map(([, one]) => one).join('\n');
  expect(estimateTokens(text) / realTokens(text)).toBeLessThan(1.4);
  for (const [kind, one] of ordinary) {
    expect((estimateTokens(one) - 1) / realTokens(one), kind).toBeLessThan(1.7);
  }
});

test('of parts is not less than of the whole by more than the seams', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(estimateTokens(a + b)).toBeLessThanOrEqual(estimateTokens(a) + estimateTokens(b) + 4);
    }),
    { seed: 3 },
  );
});

test('nothing costs nothing', () => {
  expect(estimateTokens('')).toBe(0);
});
