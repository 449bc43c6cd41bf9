import type { Formats } from '../step/input.ts';

export const SHAREPOINT_FORMATS: Formats = {
  'drive-id': {
    detail: 'must be the id of a drive, as Graph gives it: letters, digits, "!", "_" and "-"',
    test: (text) => /^[A-Za-z0-9!_-]{1,200}$/.test(text),
  },
  'site-id': {
    detail: 'must be the id of a site, as Graph gives it: host,site,web',
    test: (text) => /^[A-Za-z0-9.-]{1,255},[0-9A-Fa-f-]{36},[0-9A-Fa-f-]{36}$/.test(text),
  },
  'list-id': {
    detail: 'must be the id of a list, or its name',
    test: (text) => /^[\p{L}\p{N} ._-]{1,255}$/u.test(text) && !/^[ .]|[ .]$/.test(text),
  },
  'drive-path': {
    detail:
      'must be the path of a file in the drive, such as Reports/2026/may.pdf, without " * : < > ? \\ |, "..", and empty parts',
    test: (text) =>
      text.length <= 400 &&
      // biome-ignore lint/suspicious/noControlCharactersInRegex: no file is to have them in its name
      !/["*:<>?\\|\x00-\x1f\x7f]/.test(text) &&
      text.split('/').every((part) => part !== '' && !/^[. ]+$|^ | $|\.$|^~\$/.test(part)),
  },
};
