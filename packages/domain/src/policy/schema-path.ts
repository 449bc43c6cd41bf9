/** Whether a path can only lead to a `.json` file in the policy's directory or below. */
export function isSchemaPath(path: string): boolean {
  return (
    path.length <= 200 &&
    /^[A-Za-z0-9._/-]+\.json$/.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}
