/** What Slack's text comes apart into. Every `text` is to be shown as it stands: nothing in it is markup any more. */
export type Token =
  | { readonly kind: 'text' | 'code' | 'pre'; readonly text: string }
  | { readonly kind: 'bold' | 'italic' | 'strike' | 'quote'; readonly children: readonly Token[] }
  | LinkToken
  | { readonly kind: 'user' | 'channel' | 'group'; readonly id: string; readonly label: string | null }
  | { readonly kind: 'broadcast'; readonly name: string }
  | DateToken
  | { readonly kind: 'emoji'; readonly name: string };

export interface LinkToken {
  readonly kind: 'link';
  /** Begins with `http://` or `https://`; anything else is never a link. */
  readonly url: string;
  readonly label: string;
}

export interface DateToken {
  readonly kind: 'date';
  /** Since 1970. */
  readonly seconds: number;
  /** With `{date_short}` and the like. */
  readonly format: string;
  readonly url: string | null;
  /** Shown where the date can't be. */
  readonly fallback: string;
}
