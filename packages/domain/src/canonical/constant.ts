const constants = new WeakSet<object>();

/** Freezes a value with all that is in it. */
export function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !constants.has(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
    constants.add(value);
  }
  return value;
}

/** Whether `deepFreeze` was given this object, or one that holds it: nothing in it ever changes. */
export function isConstant(value: object): boolean {
  return constants.has(value);
}
