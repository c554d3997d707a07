/** What the viewer has of the library of the same name: it draws only, and needs ids for its arrowheads alone. */

let last = 0;

export class Ids {
  nextPrefixed(prefix: string): string {
    last += 1;
    return `${prefix}viewer-${last}`;
  }
}
