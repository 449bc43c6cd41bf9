import { BlockList, isIP, isIPv4 } from 'node:net';

type Range = readonly [network: string, prefix: number, kind: string];

/** Not for requests to the outside: IANA's special-purpose registry, with the metadata services that lie outside of it. */
const REFUSED_4: readonly Range[] = [
  ['0.0.0.0', 8, 'this network'],
  ['10.0.0.0', 8, 'a private address'],
  ['100.64.0.0', 10, 'shared address space (CGNAT)'],
  ['127.0.0.0', 8, 'a loopback address'],
  ['169.254.0.0', 16, 'a link-local address'],
  ['172.16.0.0', 12, 'a private address'],
  ['192.0.0.0', 24, 'a protocol assignment'],
  ['192.0.2.0', 24, 'a documentation address'],
  ['192.88.99.0', 24, 'a relay address'],
  ['192.168.0.0', 16, 'a private address'],
  ['198.18.0.0', 15, 'a benchmarking address'],
  ['198.51.100.0', 24, 'a documentation address'],
  ['203.0.113.0', 24, 'a documentation address'],
  ['224.0.0.0', 4, 'a multicast address'],
  ['240.0.0.0', 4, 'a reserved address'],
  // Azure answers here for every machine's metadata and keys, out of a public range.
  ['168.63.129.16', 32, 'a metadata service'],
];

/** Of IPv6 only global unicast is let through, without these parts of it. */
const REFUSED_6: readonly Range[] = [
  ['2001::', 23, 'a protocol assignment'],
  ['2001:db8::', 32, 'a documentation address'],
  ['3fff::', 20, 'a documentation address'],
];

const lists4 = REFUSED_4.map(([network, prefix, kind]) => ({ list: listOf([network, prefix]), kind }));
const lists6 = REFUSED_6.map(([network, prefix, kind]) => ({ list: listOf([network, prefix]), kind }));
const globalUnicast = listOf(['2000::', 3]);

/** Says why an address is refused; undefined when requests may go there. */
export type AddressJudge = (address: string) => string | undefined;

/**
 * A judge that refuses what is private, local, reserved or a metadata service, in every form it can be written in.
 * @param allowed addresses and CIDR ranges that are let through all the same
 * @throws RangeError for an entry that is neither
 */
export function addressJudge(allowed: readonly string[]): AddressJudge {
  const exempt = allowed.map((entry) => listOf(parseRange(entry)));
  return (address) => {
    const judged = innermost(address);
    if (judged === undefined) return 'not an IP address';
    return exempt.some((list) => holds(list, judged)) ? undefined : kindOf(judged);
  };
}

function kindOf(address: string): string | undefined {
  if (isIPv4(address)) return lists4.find(({ list }) => holds(list, address))?.kind;
  if (!holds(globalUnicast, address)) return 'not a global unicast address';
  return lists6.find(({ list }) => holds(list, address))?.kind;
}

function holds(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

function listOf([network, prefix]: readonly [string, number, ...unknown[]]): BlockList {
  const list = new BlockList();
  list.addSubnet(network, prefix, isIPv4(network) ? 'ipv4' : 'ipv6');
  return list;
}

function parseRange(entry: string): readonly [string, number] {
  const [network = '', bits, ...more] = entry.split('/');
  const family = isIP(network);
  const most = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (family === 0 || more.length > 0 || prefix < 0 || prefix > most) {
    throw new RangeError(`"${entry}" is neither an IP address nor a range such as 10.0.0.0/8`);
  }
  return [network, prefix];
}

/**
 * The IPv4 address that an IPv6 address leads to in the end (mapped, NAT64, 6to4), else the address itself without
 * its zone; undefined for what is no address.
 */
function innermost(address: string): string | undefined {
  const bare = address.replace(/%.*$/s, '');
  if (isIPv4(bare)) return bare;
  if (isIP(bare) !== 6) return undefined;
  const words = wordsOf(bare);
  const at = (index: number): number => words[index] ?? 0;
  const leading = (...expected: number[]): boolean => expected.every((word, index) => at(index) === word);
  if (leading(0, 0, 0, 0, 0, 0xffff) || leading(0x64, 0xff9b, 0, 0, 0, 0)) return dotted(at(6), at(7));
  if (leading(0x2002)) return dotted(at(1), at(2));
  return bare;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight 16-bit words of an IPv6 address. */
function wordsOf(address: string): number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [(Number(a) << 8) | Number(b), (Number(c) << 8) | Number(d)].map((word) => word.toString(16)).join(':'),
  );
  const [front = [], back] = hex.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const zeros = back ? Array<string>(8 - front.length - back.length).fill('0') : [];
  return [...front, ...zeros, ...(back ?? [])].map((word) => Number.parseInt(word, 16));
}
