import { describe, expect, test } from '@jest/globals';
import { createXesReader } from '../declarations/xes.ts';

const LOG = `<?xml version="1.0"?><log xmlns="http://www.xes-standard.org/">
  <global scope="event"><string key="concept:name" value="not an event"/></global>
  <trace><string key="concept:name" value="declaration 1"/><int key="amount" value="7"/>
    <event><string key="concept:name" value="A &amp; B"/><string key="org:role" value="R"/>
      <date key="time:timestamp" value="2018-01-01T00:00:00Z"/><string key="concept:instance" value="x"/></event>
    <event><string key="concept:name" value="C"/><string key="org:role" value="S"/>
      <date key="time:timestamp" value="2018-01-02T00:00:00Z"/></event>
  </trace>
  <trace><string key="concept:name" value="declaration 2"/></trace></log>`;

describe('an XES log', () => {
  test.each([1, 7, LOG.length])('is read the same in pieces of %d characters', (size) => {
    const reader = createXesReader();
    for (let at = 0; at < LOG.length; at += size) reader.write(LOG.slice(at, at + size));
    expect(reader.end()).toEqual([
      {
        name: 'declaration 1',
        steps: [
          { activity: 'A & B', role: 'R', at: '2018-01-01T00:00:00Z' },
          { activity: 'C', role: 'S', at: '2018-01-02T00:00:00Z' },
        ],
      },
      { name: 'declaration 2', steps: [] },
    ]);
  });

  test.each([
    ['cut off', LOG.slice(0, 300), /unclosed tag/],
    ['not XML', '<log><trace', /./],
    [
      'a step without a role',
      LOG.replace('key="org:role" value="S"', 'key="x" value="S"'),
      /declaration 1.*org:role/,
    ],
  ])('%s is an error', (_, text, message) => {
    const read = () => {
      const reader = createXesReader();
      reader.write(text);
      reader.end();
    };
    expect(read).toThrow(message);
  });
});
