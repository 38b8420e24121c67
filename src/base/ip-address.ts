/**
 * The kind of IP address of a text, as `node:net` reports it, without the time of loading that
 * module.
 */

const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const zone = /%[\w.:-]+$/;
const group = /^[\da-f]{1,4}$/i;
const groupCount = 8;
/** Longer than any address with its zone. */
const lengthMax = 128;

/** 4 or 6; 0 for what is not an address. */
export function ipVersionOf(text: string): 0 | 4 | 6 {
  if (text.length > lengthMax) return 0;
  if (ipv4.test(text)) return 4;
  return isIpv6(text.replace(zone, "")) ? 6 : 0;
}

/** RFC 4291, section 2.2: eight groups, of which `::` stands for one or more, and IPv4 for the last two. */
function isIpv6(text: string): boolean {
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0) return false;
  const groups = [head, tail ?? ""].flatMap((part) => (part === "" ? [] : part.split(":")));
  // With a gap at the end, IPv4 would be in an invalid position.
  const endsWithIpv4 = (tail ?? head) !== "" && ipv4.test(groups.at(-1) ?? "");
  const plain = endsWithIpv4 ? groups.slice(0, -1) : groups;
  if (!plain.every((part) => group.test(part))) return false;
  const count = plain.length + (endsWithIpv4 ? 2 : 0);
  return tail === undefined ? count === groupCount : count < groupCount;
}
