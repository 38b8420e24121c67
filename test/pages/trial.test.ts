/** The verdict's next step as a button: it changes the settings, says so, and can be undone. */
import { expect, test } from "bun:test";
import { english } from "../../src/i18n/english.ts";
import { german } from "../../src/i18n/german.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import type { Trial } from "../../src/model/trial.ts";
import type { SettingChange } from "../../src/model/verdict.ts";
import { verdictOf } from "../../src/verdict/verdict.ts";
import { Format, type Reader } from "../../views/format.ts";
import { trialPart } from "../../views/trial.ts";
import { verdictPart } from "../../views/verdict.ts";
import { madeRows } from "../verdict/made-rows.ts";
import { openPages } from "./support.ts";

const englishReader: Reader = { language: "en", messages: english, format: new Format("en") };
const germanReader: Reader = { language: "de", messages: german, format: new Format("de") };
const script = { "hx-request": "true" };
const mode = { width: 1280, height: 720, fps: 60 };

const slowEncoder = verdictOf({
  stream: { session_id: 1, ...mode, codec: "h264", preset: "veryfast" },
  rows: madeRows(1800, (row) => (row % 20 === 10 ? { encode_us: 40_000 } : {})),
  windows: [],
});

test("a step that onglass can take is a button, and its worst place opens the charts", () => {
  const tools = { settings: settingsDefault, recording: "abc", session: 1, to: "/recordings/abc" };
  const card = {
    verdict: slowEncoder,
    mode,
    moments: "/timeline",
    charts: "/recordings/abc",
    tools,
  };
  const { text } = verdictPart(englishReader, card);
  expect(text).toContain("<button>Set preset ultrafast</button>");
  expect(text).toMatch(
    /href="\/recordings\/abc\?from=\d+&amp;to=\d+&amp;session=1#charts"|href="\/recordings\/abc\?from=\d+&to=\d+&session=1#charts"/,
  );
  const taken = { ...tools, settings: { ...settingsDefault, encoder_preset: "ultrafast" } };
  expect(verdictPart(englishReader, { ...card, tools: taken }).text).not.toContain("<button>");
});

test("what a step came to is said in both languages", () => {
  const side = { session_id: 1, quality: "stutter", slots: 3600, absent: 0, old: 0 } as const;
  const trial: Trial = {
    ...{ state: "measured", changed_unix_ms: 0 },
    ...{ change: { encoder_preset: "superfast" }, was: { encoder_preset: "" } },
    ...{ before: { ...side, late: 112 }, after: { ...side, quality: "smooth", late: 7 } },
  };
  const inEnglish = trialPart(englishReader, trial).text;
  expect(inEnglish).toContain("Changed to preset superfast (was: preset default)");
  expect(inEnglish).toContain("before stutter (3.1% late), after smooth (0.19% late)");
  expect(trialPart(germanReader, trial).text.replaceAll("\u00a0", " ")).toContain(
    "vorher ruckelt (3,1 % zu spät), nachher flüssig (0,19 % zu spät)",
  );
});

test("a side with too little to judge is unclear", () => {
  const side = { session_id: 1, slots: 600, late: 0, absent: 0, old: 0 } as const;
  const trial: Trial = {
    ...{ state: "measured", changed_unix_ms: 0, change: { fps_cap: 20 }, was: { fps_cap: 0 } },
    ...{ before: { ...side, quality: "cannot_tell" }, after: { ...side, quality: "smooth" } },
  };
  expect(trialPart(englishReader, trial).text).toContain("before unclear (0% late)");
  expect(trialPart(germanReader, trial).text).toContain("vorher unklar (");
});

test("of a source that was slower than its stream the repeats that are gone are the effect", () => {
  const side = { session_id: 1, quality: "bad", slots: 3600, late: 0, absent: 0 } as const;
  const trial: Trial = {
    ...{ state: "measured", changed_unix_ms: 0, change: { fps_cap: 20 }, was: { fps_cap: 0 } },
    ...{ before: { ...side, old: 2400 }, after: { ...side, quality: "smooth", old: 0 } },
  };
  expect(trialPart(englishReader, trial).text).toContain(
    "before bad (0% late, 66.7% repeated), after smooth (0% late)",
  );
});

test("the button changes the setting, and Undo puts it back", async () => {
  await using pages = await openPages();
  const tried = await pages.post(
    "/verdict/try",
    { encoder_preset: "superfast", session: "1" },
    script,
  );
  expect(await tried.text()).toContain("Changed to preset superfast");
  expect(pages.host.settings.current().encoder_preset).toBe("superfast");
  expect(await (await pages.get("/parts/trial")).text()).toContain("as soon as someone plays");
  const undone = await pages.post("/verdict/undo", {}, script);
  expect(await undone.text()).toContain("The previous settings are back in effect.");
  expect(pages.host.settings.current().encoder_preset).toBe("");
});

test("undo leaves what somebody else has changed since", async () => {
  await using pages = await openPages();
  await pages.post("/verdict/try", { bitrate_kbps: "8000" }, script);
  await pages.host.settings.change({ bitrate_kbps: 6000 }, "token");
  await pages.post("/verdict/undo", {}, script);
  expect(pages.host.settings.current().bitrate_kbps).toBe(6000);
});

test("a value that no setting takes is refused with its reason", async () => {
  await using pages = await openPages();
  const answer = await pages.post("/verdict/try", { bitrate_kbps: "-5" }, script);
  expect(await answer.text()).toContain("notice bad");
  expect(pages.host.settings.current().bitrate_kbps).toBe(0);
});

test("a cause that began with a change of the preset says so, and its button goes back", () => {
  const change: SettingChange = {
    ...{ at_ms: 10_000, setting: "encoder_preset", from: "superfast", to: "slow" },
  };
  const verdict = verdictOf({
    stream: { session_id: 1, ...mode, codec: "h264", preset: "slow" },
    rows: madeRows(1800, (row) => (row > 606 && row % 20 === 10 ? { encode_us: 40_000 } : {})),
    windows: [],
    changes: [change],
  });
  const settings = { ...settingsDefault, encoder_preset: "slow" };
  const card = {
    ...{ verdict, mode, moments: "/timeline" },
    tools: { settings, recording: "abc", session: 1, to: "/recordings/abc" },
  };
  const { text } = verdictPart(englishReader, card);
  expect(text).toContain("on this machine since the change to preset slow.");
  expect(text).toContain("Go back to preset superfast");
  expect(text).toContain('name="encoder_preset" value="superfast"');
  expect(verdictPart(germanReader, card).text).toContain(", seit Preset slow eingestellt ist.");
});
