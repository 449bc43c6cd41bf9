const WIDTH = 160;
const SHIFT = 11;

/**
 * QuickXorHash of a content in Base64, the one hash that SharePoint tells of every file: each byte is XORed into a
 * ring of 160 bits, eleven bits on from the one before, and the length (64 bits, little-endian) into its last bits.
 * It tells chance differences, and is no proof against those made on purpose.
 */
export function quickXorHash(content: Uint8Array): string {
  // One byte more than the ring takes what is shifted out of the last; it belongs to the first.
  const ring = new Uint8Array(WIDTH / 8 + 1);
  let at = 0;
  for (const byte of content) {
    const index = at >> 3;
    const shifted = byte << (at & 7);
    ring[index] = (ring[index] ?? 0) ^ (shifted & 255);
    ring[index + 1] = (ring[index + 1] ?? 0) ^ (shifted >> 8);
    at = (at + SHIFT) % WIDTH;
  }
  const hash = Buffer.from(ring.subarray(0, WIDTH / 8));
  hash[0] = (hash[0] ?? 0) ^ (ring[WIDTH / 8] ?? 0);
  const length = hash.readBigUInt64LE(12) ^ BigInt(content.length);
  hash.writeBigUInt64LE(length, 12);
  return hash.toString('base64');
}
