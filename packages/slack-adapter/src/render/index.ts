export { fieldOfPointer } from './modals/edit/fields.ts';
export { type ReadEdit, readEdit } from './modals/edit/read.ts';
export { NOTE, REASON, VERDICT } from './modals/form.ts';
export { modals } from './modals/index.ts';
export { chosenIn, type FormValues, typedIn, wordsIn } from './modals/read.ts';
export { personaOf, personaValue } from './persona-value.ts';
export { rendering } from './rendering.ts';
export * from './target.ts';
export type * from './types.ts';
