/** What `onglass licences` prints. */
import { expect, test } from "bun:test";
import manifest from "../../package.json" with { type: "json" };
import { runLicences } from "../../src/cli/licences.ts";

function printed(): string {
  let text = "";
  const terminal = {
    env: {},
    print: () => undefined,
    say: () => undefined,
    progress: () => undefined,
    write: (part: string) => {
      text += part;
    },
  };
  expect(runLicences(terminal)).toBe(0);
  return text;
}

test("the licences begin with NOTICE, and every direct dependency is named there and below", async () => {
  const notice = await Bun.file("NOTICE").text();
  const text = printed();
  expect(text.startsWith(notice.trim())).toBe(true);
  const names = Object.keys(manifest.dependencies);
  expect(names.filter((name) => !notice.includes(name))).toEqual([]);
});

test("packages that are inside only through others have their notice, and the GPL its text", () => {
  const text = printed();
  for (const name of ["memoirist", "@moq/signals", "@svgdotjs/svg.js", "pako", "swagger-ui-dist"]) {
    expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, "m"));
  }
  expect(text).toContain("GNU GENERAL PUBLIC LICENSE");
  expect(text).toContain("GNU LESSER GENERAL PUBLIC LICENSE");
});
