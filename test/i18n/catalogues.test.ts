/** Both catalogues say everything; the compiler holds that no key is missing. */
import { expect, test } from "bun:test";
import { catalogues, chooseLocale } from "../../src/i18n/language.ts";
import { Format } from "../../views/format.ts";

type Entry = readonly [string, unknown];

function entriesOf(value: object, path = ""): Entry[] {
  return Object.entries(value).flatMap(([key, inner]): Entry[] =>
    typeof inner === "object" ? entriesOf(inner, `${path}${key}.`) : [[`${path}${key}`, inner]],
  );
}

test("every message of every language says something, and takes what the other takes", () => {
  const english = new Map(entriesOf(catalogues.en));
  const german = new Map(entriesOf(catalogues.de));
  expect([...german.keys()]).toEqual([...english.keys()]);
  for (const [key, message] of [...english, ...german]) {
    const text = typeof message === "function" ? message("one", "two") : message;
    expect([key, String(text).trim()]).not.toEqual([key, ""]);
    expect([key, typeof german.get(key)]).toEqual([key, typeof english.get(key)]);
  }
});

/** What follows the number says whether it is one, and is not said itself. */
const countAlone = new Set(["verdict.episodes", "history.missed", "history.lost"]);

/** Facts that choose the wording, and are not said. */
const choosing: Readonly<Record<string, string>> = { metric: "bitrate_kbps", loss: "outage" };

/** Named facts that a message reads and does not say. */
function unsaidFactsOf(write: (facts: object) => unknown): string[] {
  const read = new Set<string>();
  const get = (_: object, name: string) => {
    const chosen = choosing[name];
    if (chosen !== undefined) return chosen;
    read.add(name);
    return `«${name}»`;
  };
  const text = String(write(new Proxy({}, { get })));
  return [...read].filter((name) => !text.includes(`«${name}»`));
}

type Message = {
  readonly key: string;
  /** Of its arguments. */
  readonly count: number;
  write(args: unknown[]): unknown;
};

/** Words that a message was given and does not say. Causes and steps take named facts. */
function unsaidOf({ key, count, write }: Message): string[] {
  const isNamed = /^verdict\.((causes|momentary|losses)\.\w+\.because|steps\.\w+)$/.test(key);
  if (isNamed) return unsaidFactsOf((facts) => write([facts]));
  const given = ["first", "second"].slice(0, countAlone.has(key) ? 1 : count);
  const text = String(write(given));
  return given.filter((word) => !text.includes(word));
}

test("what a message is given is in what it says", () => {
  for (const catalogue of Object.values(catalogues)) {
    for (const [key, message] of entriesOf(catalogue)) {
      if (typeof message !== "function") continue;
      const write = (args: unknown[]): unknown => message(...args);
      expect([key, unsaidOf({ key, count: message.length, write })]).toEqual([key, []]);
    }
  }
});

test("a person's choice comes before the browser's languages, in their order and weight", () => {
  expect(chooseLocale("de", "en-US,en;q=0.9")).toEqual({ language: "de", tag: "de" });
  expect(chooseLocale(undefined, "fr,de-AT;q=0.8,en;q=0.7")).toEqual({
    language: "de",
    tag: "de-AT",
  });
  expect(chooseLocale(undefined, "de;q=0.1,en-GB;q=0.9")).toEqual({ language: "en", tag: "en-GB" });
  expect(chooseLocale("tlh", "")).toEqual({ language: "en", tag: "en" });
  expect(chooseLocale(undefined, `${"x,".repeat(5000)}<b>`)).toEqual({ language: "en", tag: "en" });
});

test("numbers, dates and durations are written as the reader writes them", () => {
  const at = Date.UTC(2026, 5, 26, 20, 14, 3);
  const german = new Format("de-DE", "Europe/Berlin");
  const british = new Format("en-GB", "UTC");
  expect(german.integer(1_234_567)).toBe("1.234.567");
  expect(british.integer(1_234_567)).toBe("1,234,567");
  expect(german.date(at)).toBe("26. Juni 2026, 22:14:03");
  expect(british.date(at)).toBe("26 Jun 2026, 20:14:03");
  expect(
    [0, 4, 640, 999, 9874, 71_345, 123_456, 1_234_567].map((us) => british.micros(us)),
  ).toEqual(["0 ms", "0 ms", "0.64 ms", "1 ms", "9.87 ms", "71.3 ms", "123 ms", "1,235 ms"]);
  expect(german.micros(1500)).toBe("1,5 ms");
  expect([0, 59_999, 60_000, 3_599_999, 3_600_000].map((ms) => german.duration(ms))).toEqual([
    "0:00",
    "0:59",
    "1:00",
    "59:59",
    "1:00:00",
  ]);
});
