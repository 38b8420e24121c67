/**
 * Which of the two formats of metrics a collector prefers. Pure; for any header, text is a valid
 * answer.
 */

/** Longer headers are not read. */
const acceptLengthMax = 2048;
const rangeCountMax = 16;

type Range = { readonly type: string; readonly parameters: ReadonlyMap<string, string> };

/** Whether the `Accept` header prefers delimited messages to the text format. */
export function prefersMessages(accept: string | null): boolean {
  if (accept === null || accept.length > acceptLengthMax) return false;
  const ranges = accept.split(",").slice(0, rangeCountMax).map(readRange);
  const messages = weightOf(ranges.filter(isMessages));
  const text = weightOf(ranges.filter(({ type }) => textTypes.has(type)));
  return messages > 0 && messages > text;
}

const textTypes: ReadonlySet<string> = new Set(["text/plain", "text/*", "*/*"]);

function readRange(text: string): Range {
  const [type = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters = rest.map((part): [string, string] => {
    const [name = "", value = ""] = part.split("=", 2);
    return [name.trim().toLowerCase(), value.trim().replaceAll('"', "")];
  });
  return { type: type.toLowerCase(), parameters: new Map(parameters) };
}

function isMessages({ type, parameters }: Range): boolean {
  return (
    type === "application/vnd.google.protobuf" &&
    parameters.get("proto") === "io.prometheus.client.MetricFamily" &&
    parameters.get("encoding") === "delimited"
  );
}

/** The highest of all; an invalid weight counts as none. */
function weightOf(ranges: readonly Range[]): number {
  const weights = ranges.map(({ parameters }) => {
    const weight = Number(parameters.get("q") ?? "1");
    return weight >= 0 && weight <= 1 ? weight : 0;
  });
  return Math.max(0, ...weights);
}
