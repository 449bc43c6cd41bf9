export type Json = Readonly<Record<string, unknown>>;

/** Where in a payload something is judged, and where what is wrong with it goes. */
export interface Place {
  readonly at: (step: string | number) => Place;
  /** Notes a fault here, as Slack writes it: the sentence and a JSON pointer. */
  readonly fault: (sentence: string) => void;
}

/** @param pointer JSON pointer of the outermost thing judged: `/blocks` */
export function placeAt(pointer: string, faults: string[]): Place {
  return {
    at: (step) => placeAt(`${pointer}/${step}`, faults),
    fault: (sentence) => {
      faults.push(`${sentence} [json-pointer:${pointer}]`);
    },
  };
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Faults for what is missing of `required` and for what is neither there nor in `optional`. */
export function checkFields(place: Place, value: Json, required: string[], optional: string[]): void {
  for (const field of required) {
    if (value[field] === undefined) place.fault(`missing required field: ${field}`);
  }
  for (const field of Object.keys(value)) {
    if (!required.includes(field) && !optional.includes(field))
      place.fault(`invalid additional property: ${field}`);
  }
}

export function checkString(place: Place, value: unknown, max: number, min = 0): void {
  if (value === undefined) return;
  if (typeof value !== 'string') {
    place.fault('must be a string');
    return;
  }
  if (value.length > max) place.fault(`must be less than ${max + 1} characters`);
  if (value.length < min) place.fault(`must be more than ${min - 1} characters`);
}

export function checkBoolean(place: Place, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') place.fault('must be a boolean');
}

/** The array's items, or none when it is no array, has too many, or too few. */
export function checkItems(place: Place, value: unknown, max: number, min = 1): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    place.fault('must be an array');
    return [];
  }
  if (value.length > max) place.fault(`no more than ${max} items allowed`);
  if (value.length < min) place.fault(`no fewer than ${min} items allowed`);
  return value;
}

export function checkOneOf(place: Place, value: unknown, allowed: readonly string[]): void {
  if (value === undefined) return;
  if (typeof value !== 'string' || !allowed.includes(value))
    place.fault(`must be one of: ${allowed.join(', ')}`);
}
