/** Signatures of D-Bus: which types follow each other in a message. */

/** Something received, or to be sent, is not valid D-Bus. */
export class DBusWireError extends Error {}

const lengthMax = 255;
/** Arrays, structs and variants inside each other. */
export const depthMax = 32;

/** Alignment of a type in bytes; a type missing here is invalid. */
const alignments: Readonly<Record<string, number>> = {
  y: 1,
  g: 1,
  v: 1,
  n: 2,
  q: 2,
  b: 4,
  i: 4,
  u: 4,
  h: 4,
  s: 4,
  o: 4,
  a: 4,
  x: 8,
  t: 8,
  d: 8,
  "(": 8,
  "{": 8,
};

/** Alignment in bytes of values of this complete type. Throws for an invalid type. */
export function alignmentOf(type: string): number {
  const alignment = alignments[type[0] ?? ""];
  if (alignment === undefined) throw new DBusWireError(`no type "${type.slice(0, 20)}"`);
  return alignment;
}

/** The complete types of a signature, one after the other. Throws for a malformed one. */
export function splitSignature(signature: string): string[] {
  if (signature.length > lengthMax) throw new DBusWireError("a signature is too long");
  const types: string[] = [];
  for (let at = 0; at < signature.length; ) {
    const end = endOfType(signature, at, 0);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

/** Where the complete type that starts at `at` ends. */
function endOfType(signature: string, at: number, depth: number): number {
  if (depth > depthMax) throw new DBusWireError("a signature is too deep");
  const code = signature[at];
  if (code === "a") return endOfType(signature, at + 1, depth + 1);
  if (code === "(") return endOfMembers(signature, { at: at + 1, close: ")" }, depth);
  if (code === "{" && signature[at - 1] === "a") {
    return endOfMembers(signature, { at: at + 1, close: "}" }, depth);
  }
  if (code === undefined || code === "{" || alignments[code] === undefined) {
    throw new DBusWireError("a signature is malformed");
  }
  return at + 1;
}

/** A struct has at least one member, an entry of a dictionary exactly two. */
function endOfMembers(
  signature: string,
  { at, close }: { readonly at: number; readonly close: string },
  depth: number,
): number {
  let end = at;
  let count = 0;
  while (signature[end] !== close) {
    end = endOfType(signature, end, depth + 1);
    count += 1;
  }
  const isRight = close === "}" ? count === 2 : count > 0;
  if (!isRight) throw new DBusWireError("a signature is malformed");
  return end + 1;
}
