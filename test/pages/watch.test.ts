/** What the Watch page answers without a browser's script. */
import { expect, test } from "bun:test";
import { catalogues } from "../../src/i18n/language.ts";
import { Format } from "../../views/format.ts";
import { sourceStateSection } from "../../views/source-state.ts";
import { openPages } from "./support.ts";

const form = { source: "", size: "640x360", fps: "30", codec: "h264", bitrate_kbps: "800" };

test.each([
  [{ source: "https://example.org" }, "Unknown source. Use testsrc, "],
  [{ size: "641x360" }, "Width and height must be even numbers from 16 to 8192."],
  [{ size: "wide" }, "Width and height must be even numbers from 16 to 8192."],
  [{ fps: "0" }, "The frame rate must be a number from 1 to 480."],
  [{ codec: "vp9" }, "Choose H.264 or AV1."],
  [{ bitrate_kbps: "199" }, "The bitrate must be a whole number from 200 to 500,000 kbit/s."],
  [{ bitrate_kbps: "" }, "The bitrate must be a whole number from 200 to 500,000 kbit/s."],
])("a stream of %p is refused for what is wrong with it", async (change, text) => {
  await using pages = await openPages();
  const answer = await pages.post("/watch", { ...form, ...change });
  expect(answer.status).toBe(422);
  const page = await answer.text();
  expect(page).toContain(text);
  // What was typed is still there.
  for (const value of Object.values({ ...form, ...change })) {
    if (value !== "vp9" && value !== "") expect(page).toContain(`"${value}"`);
  }
  expect(pages.host.watching.streams.streams()).toEqual([]);
});

test("the state of a capture is on the Watch page, with the one button that is due", async () => {
  await using pages = await openPages();
  const part = async () => await (await pages.get("/parts/watch-capture")).text();
  const idle = await part();
  expect(idle).toContain('action="/capture/start"');
  expect(idle).not.toContain("elapsed-time");
  await pages.post("/capture/start", {});
  const armed = await part();
  expect(armed).toContain("Recording");
  expect(armed).toContain("<elapsed-time");
  expect(armed).toContain('action="/capture/stop"');
  expect(armed).toContain('href="/capture"');
});

test("what auto chose, why nothing before it, and a question at the desktop are said in both languages", () => {
  const chosen = {
    source: "testsrc",
    passed_over: [
      { source: "wayland:", reason: "no", reason_code: "capture_not_allowed" as const },
      { source: "kde:", reason: "error 2", reason_code: "not_opened" as const },
    ],
  };
  const textOf = (language: "en" | "de") => {
    const reader = {
      language,
      messages: catalogues[language],
      format: new Format(language, "UTC"),
    };
    return sourceStateSection(reader, { chosen, askingCount: 1 }).text;
  };
  expect(textOf("en")).toContain("Waiting for your answer on this host’s desktop");
  expect(textOf("en")).toContain("does not let programs capture the screen");
  expect(textOf("de")).toContain("Wartet auf deine Antwort am Desktop");
  expect(textOf("de")).toContain("lässt kein Programm den Bildschirm erfassen");
  expect(textOf("de")).toContain('<span class="muted" lang="en">(error 2)</span>');
});
