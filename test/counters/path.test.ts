import { expect, test } from "bun:test";
import { advertisedPath, isUnder, levelKeys, normalize } from "../../src/counters/path.ts";

test.each([
  ["demo/bbb", 1, ["", "demo"]],
  ["demo/bbb", 2, ["", "demo", "demo/bbb"]],
  ["demo/bbb", 3, ["", "demo", "demo/bbb"]],
  ["a/b/c/d", 3, ["", "a", "a/b", "a/b/c"]],
  ["demo", 2, ["", "demo"]],
  ["", 3, [""]],
  ["/", 3, [""]],
  ["demo/bbb", 0, []],
  ["", 0, []],
])("%p counts with %i levels on %p", (path, levels, keys) => {
  expect(levelKeys(path, levels)).toEqual(keys);
});

test("outer and doubled slashes make no segment", () => {
  expect(normalize("//a///b/")).toBe("a/b");
  expect(levelKeys("//a///b/", 3)).toEqual(["", "a", "a/b"]);
});

test("being under a prefix is decided by whole segments", () => {
  expect(isUnder(".stats", ".stats")).toBe(true);
  expect(isUnder(".stats/a", ".stats")).toBe(true);
  expect(isUnder(".statsx/a", ".stats")).toBe(false);
  expect(isUnder("a/.stats", ".stats")).toBe(false);
  expect(isUnder("anything", "")).toBe(true);
});

test.each([
  [{ prefix: ".stats", level: "" }, ".stats/prefix"],
  [{ prefix: ".stats", level: "demo" }, ".stats/prefix/demo"],
  [{ prefix: ".stats", level: "", node: "sjc" }, ".stats/prefix/sjc"],
  [{ prefix: ".stats", level: "demo", node: "sjc" }, ".stats/prefix/demo/sjc"],
  [{ prefix: ".stats", level: "demo/foo", node: "sjc" }, ".stats/prefix/demo/foo/sjc"],
  [{ prefix: "metrics", level: "", node: "lon" }, "metrics/prefix/lon"],
  [{ prefix: "metrics", level: "demo/room", node: "lon" }, "metrics/prefix/demo/room/lon"],
])("%p is advertised as %p", (options, path) => {
  expect(advertisedPath(options)).toBe(path);
});
