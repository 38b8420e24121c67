/** The name of a source is read once; patterns, titles and help follow from the same table. */
import { expect, test } from "bun:test";
import { Glob } from "bun";
import {
  isRequestable,
  readSourceName,
  sourceFormList,
  sourceForms,
  sourcePattern,
  sourceTitle,
  takesInput,
} from "../../src/model/source.ts";

test("each kind of source is read from its name", () => {
  expect(readSourceName("testsrc")).toEqual({ kind: "testsrc" });
  expect(readSourceName("x11::0")).toEqual({ kind: "x11", display: ":0" });
  expect(readSourceName("file:/a b.mp4")).toEqual({ kind: "file", path: "/a b.mp4" });
  expect(readSourceName("color:FF8000")).toEqual({ kind: "color", rgb: "ff8000" });
});

test("what is not the name of a source is refused, by the pattern of the API too", () => {
  const pattern = new RegExp(sourcePattern, "u");
  const wrong = ["", "testsrc2", "x11:", "file:", "color:ff80", "color:ff80000", "color:ff800g"];
  for (const name of [...wrong, "https://example.org", " testsrc"]) {
    expect([name, readSourceName(name), pattern.test(name)]).toEqual([name, undefined, false]);
  }
  for (const name of ["testsrc", "x11::0", "file:/a", "color:00ff00"]) {
    expect([name, pattern.test(name)]).toEqual([name, true]);
  }
});

test("a source that runs a program is one for settings, and no request may name it", () => {
  expect(readSourceName("session:foot -e htop")).toEqual({
    ...{ kind: "session", command: "foot -e htop" },
  });
  expect(readSourceName("session:a\nb")).toBeUndefined();
  expect(readSourceName(`session:${"a".repeat(401)}`)).toBeUndefined();
  const pattern = new RegExp(sourcePattern, "u");
  for (const name of ["session:", "session:foot"]) {
    expect([isRequestable(name), pattern.test(name)]).toEqual([false, false]);
  }
  expect(["session:/usr/bin/foot -e htop", "session:"].map(sourceTitle)).toEqual([
    ...["foot", "Desktop"],
  ]);
});

test("title, input and help follow from the kind", () => {
  expect(["testsrc", "x11::1", "file:/films/a.mkv", "color:00ff00"].map(sourceTitle)).toEqual([
    ...["Test picture", "Desktop :1", "a.mkv", "Color #00ff00"],
  ]);
  expect(["testsrc", "x11::1", "wayland:", "auto", "file:/a"].map(takesInput)).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
  expect(sourceForms).toBe(
    "testsrc, auto, x11:<display>, wayland:[display][/output], pipewire:<node>, gnome:[connector], kde:[output], kms:[card], portal:[input], session:[command], virtual:, file:<path> or color:<rrggbb>",
  );
});

test("every kind of source is opened by a test of its own", async () => {
  const tests = [...new Glob("test/video/sources/*.test.ts").scanSync()];
  const texts = await Promise.all(tests.map((path) => Bun.file(path).text()));
  const names = sourceFormList.map((form) => /^\w+/.exec(form)?.[0] ?? form);
  const opened = (name: string) =>
    texts.some((text) => new RegExp(`["\`]${name}["\`:]`).test(text));
  expect(names.filter((name) => !opened(name))).toEqual([]);
});
