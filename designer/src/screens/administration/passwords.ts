/** Letters and digits that are not taken for each other when they are read out. */
const LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH = 20;

/** A password of 20 random characters: some 115 bits. */
export function makePassword(
  random: (bytes: Uint8Array<ArrayBuffer>) => void = (bytes) => void crypto.getRandomValues(bytes),
): string {
  let text = "";
  const byte = new Uint8Array(1);
  while (text.length < LENGTH) {
    random(byte);
    // Bytes above the largest multiple are left out, so that no letter comes more often than another.
    if ((byte[0] ?? 0) < 256 - (256 % LETTERS.length)) text += LETTERS[(byte[0] ?? 0) % LETTERS.length];
  }
  return text;
}
