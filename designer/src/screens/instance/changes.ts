/** What somebody changed in an object of variables: values by name, and names that are gone. Pure. */
export function changesOf(before: Record<string, unknown>, after: Record<string, unknown>) {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  return {
    set: Object.fromEntries(
      Object.entries(after).filter(([name, value]) => !(name in before) || !same(before[name], value)),
    ),
    removed: Object.keys(before).filter((name) => !(name in after)),
  };
}
