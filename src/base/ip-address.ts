/** What kind of IP address a text is, as `node:net` says it, without the time that loading it takes. */

const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
/** The parser of URLs knows the rest; a zone is no part of an address there. */
const ipv6 = /^([\da-f:.]{2,45})(?:%[\w.:-]+)?$/i;

/** 4 or 6; 0 for what is not an address. */
export function ipVersionOf(text: string): 0 | 4 | 6 {
  if (ipv4.test(text)) return 4;
  const bare = ipv6.exec(text)?.[1];
  return bare?.includes(":") === true && URL.canParse(`http://[${bare}]`) ? 6 : 0;
}
