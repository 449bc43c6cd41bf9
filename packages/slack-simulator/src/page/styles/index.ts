import { base } from './base.ts';
import { controls } from './controls.ts';
import { layout } from './layout.ts';
import { message } from './message.ts';

/** The page's one style sheet. */
export const css = [base, layout, message, controls].join('');
