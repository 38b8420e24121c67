/** Answers of the GameStream HTTP interface: XML whose root carries the real status. */

export type XmlNode = {
  readonly [name: string]: string | number | XmlNode | readonly XmlNode[];
};

export type XmlStatus = { readonly code: number; readonly message: string };

/** Every error has a reason in `status_message`; the HTTP status stays 200. */
export function answer(body: XmlNode, status?: XmlStatus): string {
  const message = status === undefined ? "" : ` status_message="${escapeText(status.message)}"`;
  const root = `<root status_code="${status?.code ?? 200}"${message}>`;
  return `<?xml version="1.0" encoding="utf-8"?>\n${root}${contents(body)}</root>\n`;
}

export function refusal(code: number, message: string, body: XmlNode = {}): string {
  return answer(body, { code, message });
}

function contents(node: XmlNode): string {
  return Object.entries(node)
    .map(([name, value]) => element(name, value))
    .join("");
}

function element(name: string, value: XmlNode[string]): string {
  if (Array.isArray(value)) return value.map((each: XmlNode) => element(name, each)).join("");
  if (typeof value === "object") return `<${name}>${contents(value as XmlNode)}</${name}>`;
  return `<${name}>${escapeText(`${value}`)}</${name}>`;
}

/** Characters that XML forbids become a question mark. */
function escapeText(text: string): string {
  return text
    .replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "?");
}
