/**
 * What looks like an address, a path or a secret, in any text. Each pattern has groups for the text
 * before, the value that is replaced, and the text after it.
 */
import type { ReplacedKind } from "../model/share.ts";

type SecretPattern = { readonly kind: ReplacedKind; readonly pattern: RegExp };

const secretName =
  "(?:pins?|codes?|tokens?|tickets?|passwords?|passphrases?|secrets?|(?:api[_-]?|private[_-]?)?keys?|cookies?|authorization|auth|signatures?|credentials?|fingerprints?|unique_?ids?)";
const top =
  "(?:local|localdomain|lan|home|internal|intranet|box|arpa|ts\\.net|com|net|org|io|dev|de|eu|at|ch|fr|uk|us|me|info|cloud|online)";

/** In this order: a value that a later one would split is matched as a whole by an earlier one. */
export const patterns: readonly SecretPattern[] = [
  {
    kind: "secret",
    pattern:
      /(?<before>)(?<value>-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$))(?<after>)/g,
  },
  // token: "a b c", PIN='1234', {"key": "…"}
  {
    kind: "secret",
    pattern: new RegExp(
      `(?<before>${secretName}\\\\?["']?\\s*(?:[:=]|=>|is)\\s*)(?<value>\\\\?"[^"]*"?|'[^']*'?)(?<after>)`,
      "giu",
    ),
  },
  // token=abc, PIN 1234, Bearer abc
  {
    kind: "secret",
    pattern: new RegExp(
      `(?<before>(?<![\\p{L}])(?:${secretName}["']?\\s*(?:[:=]|=>|is)\\s*(?:bearer\\s+|basic\\s+)?|bearer\\s+|basic\\s+|pin\\s+|code\\s+))(?<value>(?!(?:was|is|of|for|the|not|sent|entered)\\b)[^\\s"',;}&<>)\\]]+)(?<after>)`,
      "giu",
    ),
  },
  {
    kind: "address",
    pattern: /(?<before>)(?<value>[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>]+)(?<after>)/giu,
  },
  {
    kind: "address",
    pattern: /(?<before>)(?<value>[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.[\p{L}]{2,})(?<after>)/giu,
  },
  {
    kind: "address",
    pattern:
      /(?<before>(?<![\p{L}\p{N}]))(?<value>(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2})(?<after>(?![\p{L}\p{N}]))/giu,
  },
  {
    kind: "address",
    pattern:
      /(?<before>(?<![\d.]))(?<value>(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?)(?<after>(?![\d.]*\d))/gu,
  },
  {
    kind: "address",
    pattern:
      /(?<before>(?<![\p{L}\p{N}:.]))(?<value>\[?(?:(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|::(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){2,7}:)(?:%[\w.-]+)?\]?(?::\d{1,5})?)(?<after>(?![\p{L}\p{N}:]))/giu,
  },
  // "/home/somebody/a film.mkv"
  {
    kind: "path",
    pattern: /(?<before>["'])(?<value>(?:file:)?(?:\/|~\/|[A-Za-z]:\\)[^"']{2,})(?<after>["'])/gu,
  },
  {
    kind: "path",
    pattern:
      /(?<before>(?<![\p{L}\p{N}/]))(?<value>(?:file:)?(?:(?:~|\.{1,2})?(?:\/[\p{L}\p{N}_.@%+~-]+){2,}\/?|~\/[^\s"'<>]+|\/(?:home|root|tmp|mnt|media|srv|var|etc|opt|usr|run)\b[^\s"'<>]*|[A-Za-z]:\\[^\s"'<>]+))(?<after>)/gu,
  },
  {
    kind: "host",
    pattern: new RegExp(
      `(?<before>(?<![\\p{L}\\p{N}_.-]))(?<value>[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?(?:\\.[\\p{L}\\p{N}-]+)*\\.${top}(?::\\d{1,5})?)(?<after>(?![\\p{L}\\p{N}_-]))`,
      "giu",
    ),
  },
  {
    kind: "secret",
    pattern:
      /(?<before>(?<![\p{L}\p{N}]))(?<value>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?<after>(?![\p{L}\p{N}]))/giu,
  },
  {
    kind: "secret",
    pattern: /(?<before>(?<![\p{L}\p{N}]))(?<value>(?=[0-9a-f]*\d)[0-9a-f]{16,})(?<after>)/giu,
  },
  {
    kind: "secret",
    pattern:
      /(?<before>(?<![\p{L}\p{N}]))(?<value>(?=[\w+/-]*\d)(?=[\w+/-]*[A-Za-z])[\w+/-]{20,}={0,2})(?<after>)/gu,
  },
  // A PIN in quotes, without a preceding keyword.
  { kind: "secret", pattern: /(?<before>["'])(?<value>\d{4,8})(?<after>["'])/gu },
];
