import { html, icon } from './html.ts';
import { browserModules, EXTENSION } from './modules.ts';
import { css } from './styles/index.ts';

export interface Asset {
  readonly type: string;
  readonly body: string;
}

/** Everything that the page is made of, by path, read once. */
export function pageAssets(): ReadonlyMap<string, Asset> {
  const modules = [...browserModules()].map(
    ([name, body]) => [`/page/${name}`, { type: 'text/javascript; charset=utf-8', body }] as const,
  );
  return new Map<string, Asset>([
    ['/', { type: 'text/html; charset=utf-8', body: html(`/page/main${EXTENSION}`) }],
    ['/page/style.css', { type: 'text/css; charset=utf-8', body: css }],
    ['/page/icon.svg', { type: 'image/svg+xml', body: icon }],
    ...modules,
  ]);
}
