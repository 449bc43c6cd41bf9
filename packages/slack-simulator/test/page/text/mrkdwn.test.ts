import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mrkdwn } from '../../../src/page/browser/text/mrkdwn.ts';
import type { Token } from '../../../src/page/browser/text/tokens.ts';

const text = (shown: string): Token => ({ kind: 'text', text: shown });

describe('marks', () => {
  test.each<[string, string, readonly Token[]]>([
    ['bold', 'a *b c* d', [text('a '), { kind: 'bold', children: [text('b c')] }, text(' d')]],
    ['italic', '_b_', [{ kind: 'italic', children: [text('b')] }]],
    ['strike', '~b~.', [{ kind: 'strike', children: [text('b')] }, text('.')]],
    [
      'nested',
      '*a _b_*',
      [{ kind: 'bold', children: [text('a '), { kind: 'italic', children: [text('b')] }] }],
    ],
    ['code', '`a *b*`', [{ kind: 'code', text: 'a *b*' }]],
    [
      'code block',
      'a\n```\n{"b": *1*}\n```\nc',
      [text('a\n'), { kind: 'pre', text: '{"b": *1*}' }, text('c')],
    ],
    ['code block on a line', '```x```', [{ kind: 'pre', text: 'x' }]],
    ['escaped text in code', '`a &lt; b &amp;amp; c`', [{ kind: 'code', text: 'a < b &amp; c' }]],
    ['link in code', '`<https://a.example/|b>`', [{ kind: 'code', text: 'b' }]],
    [
      'quotation',
      'a\n&gt; b\n> *c*\nd',
      [
        text('a'),
        { kind: 'quote', children: [text('b\n'), { kind: 'bold', children: [text('c')] }] },
        text('d'),
      ],
    ],
  ])('%s', (_name, source, tokens) => {
    expect(mrkdwn(source)).toEqual(tokens);
  });

  test.each([
    '2*3*4',
    'snake_case_name',
    '* a *',
    '*a',
    'a*',
    '**',
    '*a\nb*',
    '```a',
    '10:30:45',
    '~ a ~',
    'a < b',
    '<>',
    '<|>',
    '<nothing>',
  ])('%j is only text', (source) => {
    expect(mrkdwn(source)).toEqual([text(source)]);
  });
});

describe('what stands in angle brackets', () => {
  test.each<[string, Token]>([
    [
      '<https://a.example/b?c=1&amp;d=2>',
      { kind: 'link', url: 'https://a.example/b?c=1&d=2', label: 'https://a.example/b?c=1&d=2' },
    ],
    ['<http://a.example|the &lt;plan&gt;>', { kind: 'link', url: 'http://a.example', label: 'the <plan>' }],
    ['<@U0ALICE>', { kind: 'user', id: 'U0ALICE', label: null }],
    ['<@U0ALICE|alice>', { kind: 'user', id: 'U0ALICE', label: 'alice' }],
    ['<#C01|sre>', { kind: 'channel', id: 'C01', label: 'sre' }],
    ['<!here>', { kind: 'broadcast', name: 'here' }],
    ['<!subteam^S01|@sre>', { kind: 'group', id: 'S01', label: '@sre' }],
    [
      '<!date^1767225600^{date} at {time}|2026-01-01 00:00 UTC>',
      {
        kind: 'date',
        seconds: 1767225600,
        format: '{date} at {time}',
        url: null,
        fallback: '2026-01-01 00:00 UTC',
      },
    ],
    [
      '<!date^0^{date}^https://a.example/|then>',
      { kind: 'date', seconds: 0, format: '{date}', url: 'https://a.example/', fallback: 'then' },
    ],
    [':tada:', { kind: 'emoji', name: 'tada' }],
    [
      'https://a.example/b_c_d',
      { kind: 'link', url: 'https://a.example/b_c_d', label: 'https://a.example/b_c_d' },
    ],
  ])('%s', (source, token) => {
    expect(mrkdwn(source)).toEqual([token]);
  });

  test('marks in an address end nothing', () => {
    expect(mrkdwn('*<https://a.example/*/b|c>*')).toEqual([
      { kind: 'bold', children: [{ kind: 'link', url: 'https://a.example/*/b', label: 'c' }] },
    ]);
  });

  test('an address in a sentence ends before the punctuation', () => {
    expect(mrkdwn('see (https://a.example/b).')).toEqual([
      text('see ('),
      { kind: 'link', url: 'https://a.example/b', label: 'https://a.example/b' },
      text(').'),
    ]);
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'mailto:a@b.example',
    '//a.example',
  ])('%s is no link', (url) => {
    expect(mrkdwn(`<${url}|click>`)).toEqual([text(`<${url}|click>`)]);
  });

  test('markup that was escaped by its author stays text', () => {
    expect(mrkdwn('&lt;!here&gt; &lt;script&gt; &lt;@U1&gt;')).toEqual([text('<!here> <script> <@U1>')]);
  });
});

describe('whatever the text', () => {
  const pieces = fc.constantFrom(
    ...[
      '*',
      '_',
      '~',
      '`',
      '```',
      '<',
      '>',
      '|',
      '!',
      '@U1',
      '#C1',
      '&lt;',
      '&amp;',
      '\n',
      ' ',
      'a',
      'é',
      '💥',
    ],
    ...['https://a.example/', 'javascript:a', '!date^1^{date}', ':tada:', '^'],
  );
  const source = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(''));

  test('it comes apart, and only http and https become links', () => {
    fc.assert(
      fc.property(source, (written) => {
        for (const token of all(mrkdwn(written))) {
          if (token.kind === 'link') expect(token.url).toMatch(/^https?:\/\//);
          if (token.kind === 'date' && token.url !== null) expect(token.url).toMatch(/^https?:\/\//);
        }
      }),
    );
  });

  test('text without a special character is shown as it stands', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9 .,é\n]*$/), (written) => {
        fc.pre(!written.includes('http'));
        expect(mrkdwn(written)).toEqual(written === '' ? [] : [text(written)]);
      }),
    );
  });

  test.each(['*a ', '<', '`', '_*~', '<@', '```', 'https://', ':a', '*a _b ~c ', '<a> *', '&gt;\n'])(
    '40,000 characters of %j are done at once',
    (piece) => {
      const began = performance.now();
      mrkdwn(piece.repeat(Math.ceil(40_000 / piece.length)));
      expect(performance.now() - began).toBeLessThan(1000);
    },
  );
});

function all(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => ('children' in token ? [token, ...all(token.children)] : [token]));
}
