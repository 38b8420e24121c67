/** A simple reader of our own source, for rules that no linter knows. It knows our formatting. */

const comments = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;
/** Functions that run once for a stream or a window, not for each frame or packet. */
const onceNames =
  /^(constructor|open|start|load|make|create|new|close|stop|end|dispose|free|build|read[A-Z]|take|report|describe|snapshot|#open|#start|#make|#close|#end|#report|\[Symbol)/;
const costs: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["waits", /\b(?:await|async)\b/],
  ["spreads", /\.\.\.[\w#(]/],
  ["makes a closure", /=>/],
  ["formats", /`[^`]*\$\{/],
];

export type Body = { readonly name: string; readonly text: string };

/** Functions and methods with their bodies, types and comments left out. */
export function bodiesIn(source: string): Body[] {
  const bodies: Body[] = [];
  const lines = source.replaceAll(comments, "").split("\n");
  const head =
    /^( {0,2})(?:export )?(?:static )?(?:async )?(?:function )?([#\w[\].]+)(?:<[^>]*>)?\(/;
  for (let at = 0; at < lines.length; at++) {
    const [, indent = "", name = ""] = head.exec(lines[at] ?? "") ?? [];
    if (name === "" || /^(if|for|while|switch|return|const|import|export|test)$/.test(name))
      continue;
    const end = lines.findIndex((line, place) => place > at && line === `${indent}}`);
    const opens = lines.findIndex((line, place) => place >= at && /\{$/.test(line));
    if (end === -1 || opens === -1 || opens > end) continue;
    bodies.push({ name, text: lines.slice(opens + 1, end).join("\n") });
    at = end;
  }
  return bodies;
}

/** What a file that says `Hot path:` does for each frame and should not, as far as can be seen. */
export function hotPathFaults(source: string): string[] {
  const faults: string[] = [];
  for (const { name, text } of bodiesIn(source)) {
    if (onceNames.test(name)) continue;
    const work = text
      .split("\n")
      .filter((line) => !/\bthrow\b|\bassert\(/.test(line))
      .join("\n");
    for (const [what, pattern] of costs) if (pattern.test(work)) faults.push(`${name} ${what}`);
  }
  return faults;
}

/** Exported types, functions and classes, and how many of them have a docstring. */
export function explainedExports(source: string): { count: number; explained: number } {
  const lines = source.split("\n");
  let count = 0;
  let explained = 0;
  for (const [at, line] of lines.entries()) {
    if (!/^export (?:abstract )?(?:type|function|async function|class|interface) /.test(line))
      continue;
    count += 1;
    if (/\*\/$/.test(lines[at - 1] ?? "")) explained += 1;
  }
  return { count, explained };
}
