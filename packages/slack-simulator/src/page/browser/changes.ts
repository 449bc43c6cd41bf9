export type News = 'changed' | 'lost';

/**
 * Hears of every change of the workspace, and when the simulator is lost. One tab listens for all tabs of a browser, as
 * browsers keep no more than six connections to a server: the seventh person's page would wait for ever. When that tab
 * is closed the next one takes its place.
 */
export function hear(tell: (news: News) => void): void {
  const others = new BroadcastChannel(NAME);
  others.addEventListener('message', ({ data }: MessageEvent<News>) => tell(data));
  const all = (news: News): void => {
    others.postMessage(news);
    tell(news);
  };
  void navigator.locks.request(NAME, () => {
    listen(all);
    return new Promise(() => {});
  });
}

const NAME = 'slack-simulator/changes';
const RETRY_MS = 2000;

function listen(tell: (news: News) => void): void {
  const source = new EventSource('/page/changes');
  source.addEventListener('changed', () => tell('changed'));
  source.addEventListener('error', () => {
    tell('lost');
    // It comes back by itself, unless it was answered with something else than a stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(tell), RETRY_MS);
  });
}
