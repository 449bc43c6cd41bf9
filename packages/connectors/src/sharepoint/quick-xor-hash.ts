const WIDTH = 160;
const SHIFT = 11;

/**
 * QuickXorHash of a content in Base64, the one hash that SharePoint tells of every file: each byte is XORed into a
 * ring of 160 bits, eleven bits on from the one before, and the length (64 bits, little-endian) into its last bits.
 * It tells chance differences, and is no proof against those made on purpose.
 */
export function quickXorHash(content: Uint8Array): string {
  // After 160 bytes the ring has gone round eleven times and is where it began, so bytes that far apart go together.
  const folded = new Uint8Array(WIDTH);
  for (let from = 0; from < content.length; from += WIDTH) {
    const part = content.subarray(from, from + WIDTH);
    for (let index = 0; index < part.length; index++) xor(folded, index, part[index] ?? 0);
  }
  // One byte more than the ring takes what is shifted out of the last; it belongs to the first.
  const ring = Buffer.alloc(WIDTH / 8 + 1);
  folded.forEach((byte, index) => {
    const at = (index * SHIFT) % WIDTH;
    xor(ring, at >> 3, (byte << (at & 7)) & 255);
    xor(ring, (at >> 3) + 1, byte >> (8 - (at & 7)));
  });
  xor(ring, 0, ring.at(-1) ?? 0);
  ring.writeBigUInt64LE(ring.readBigUInt64LE(12) ^ BigInt(content.length), 12);
  return ring.toString('base64', 0, WIDTH / 8);
}

function xor(bytes: Uint8Array, index: number, value: number): void {
  bytes[index] = (bytes[index] ?? 0) ^ value;
}
