/** Changing settings on the Sessions page, with and without script. */
import { expect, test } from "bun:test";
import { Failure } from "../../src/base/failure.ts";
import { type Settings, settingsDefault, settingsFields } from "../../src/model/settings.ts";
import { openPages } from "./support.ts";

const script = { "hx-request": "true" };

/** What a browser sends: every field with what it held before, but for the changes. */
function formOf(shown: Settings, changes: Record<string, string>): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const field of settingsFields) {
    fields[`was_${field}`] = String(shown[field]);
    fields[field] = changes[field] ?? String(shown[field]);
  }
  return fields;
}

async function valuesIn(text: string): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  let select = "";
  const rewriter = new HTMLRewriter()
    .on("#settings input:not([type=hidden])", {
      element: (input) => {
        values[input.getAttribute("name") ?? ""] = input.getAttribute("value") ?? "";
      },
    })
    .on("#settings select", {
      element: (element) => {
        select = element.getAttribute("name") ?? "";
      },
    })
    .on("#settings option[selected]", {
      element: (option) => {
        values[select] = option.getAttribute("value") ?? "";
      },
    });
  await rewriter.transform(new Response(text)).text();
  return values;
}

/** The fields that say they are at fault. */
function faultsIn(text: string): string[] {
  return [...text.matchAll(/name="(\w+)" aria-describedby="\S+" aria-invalid="true"/g)].map(
    ([, name = ""]) => name,
  );
}

test("the page shows the settings that hold", async () => {
  await using pages = await openPages();
  await pages.host.settings.change({ bitrate_kbps: 5000, encoder_preset: "p3" }, "token");
  const text = await (await pages.get("/sessions")).text();
  expect(await valuesIn(text)).toEqual({
    bitrate_kbps: "5000",
    bitrate_follows_link: "true",
    fps_cap: "0",
    encoder_preset: "p3",
    parity_percent_min: "0",
    parity_percent_max: "50",
    pacing_share: "0.5",
    gamestream_takeover: "false",
    history_days: "7",
    history_mb: "1000",
    keep_on_late: "6",
    keep_on_missed: "15",
    keep_on_lost: "5",
    keep_on_stall_ms: "500",
    keep_on_verdict: "true",
    keep_count: "20",
    otlp_url: "",
  });
});

test("what was typed holds afterwards, as the console's change", async () => {
  await using pages = await openPages();
  const { settings, people } = pages.host;
  const all = {
    bitrate_kbps: "200",
    bitrate_follows_link: "false",
    fps_cap: "240",
    encoder_preset: "veryfast",
    parity_percent_min: "10",
    parity_percent_max: "20",
    pacing_share: "0.9",
    gamestream_takeover: "true",
    history_days: "0",
    history_mb: "50",
    keep_on_late: "1000",
    keep_on_missed: "0",
    keep_on_lost: "9",
    keep_on_stall_ms: "60000",
    keep_on_verdict: "false",
    keep_count: "3",
    otlp_url: "http://127.0.0.1:4318",
  };
  const answer = await pages.post("/settings", formOf(settingsDefault, all), script);
  const text = await answer.text();
  expect(text).toStartWith('<section id="settings"');
  expect(text).toContain("Saved.");
  expect(await valuesIn(text)).toEqual(all);
  expect(settings.current()).toMatchObject({ bitrate_kbps: 200, pacing_share: 0.9 });
  expect(people.asked).toEqual([["settings", "console"]]);
  const plain = await pages.post("/settings", formOf(settings.current(), { fps_cap: "30" }));
  expect(await pages.follow(plain, "/sessions#settings")).toContain("Saved.");
  expect(settings.current().fps_cap).toBe(30);
});

test("each value that does not work is marked at its field, stays typed and changes nothing", async () => {
  await using pages = await openPages();
  const wrong: Record<string, readonly string[]> = {
    bitrate_kbps: ["199", "500001", "", "many", "-1", "1e3"],
    fps_cap: ["481", "29.5", "0x10"],
    encoder_preset: ["placebo", "11", "p8"],
    parity_percent_min: ["51"],
    parity_percent_max: ["51", "NaN"],
    pacing_share: ["0.91", "-0", "½"],
  };
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      const form = formOf(settingsDefault, { [field]: value });
      const part = await (await pages.post("/settings", form, script)).text();
      expect([field, value, ...faultsIn(part)]).toEqual([field, value, field]);
      if (field !== "encoder_preset") expect((await valuesIn(part))[field]).toBe(value);
      const page = await pages.post("/settings", form);
      expect(faultsIn(await pages.follow(page, "/sessions#settings"))).toEqual([field]);
    }
  }
  expect(pages.host.settings.current()).toEqual(settingsDefault);
});

test("least parity above the most is the fault of the least", async () => {
  await using pages = await openPages();
  const form = formOf(settingsDefault, { parity_percent_min: "21", parity_percent_max: "20" });
  expect(faultsIn(await (await pages.post("/settings", form, script)).text())).toEqual([
    "parity_percent_min",
  ]);
  const equal = formOf(settingsDefault, { parity_percent_min: "20", parity_percent_max: "20" });
  expect(await (await pages.post("/settings", equal, script)).text()).toContain("Saved.");
});

test("what somebody else changed meanwhile is not set back", async () => {
  await using pages = await openPages();
  const { settings } = pages.host;
  await settings.change({ bitrate_kbps: 8000 }, "token");
  await pages.post("/settings", formOf(settingsDefault, { fps_cap: "30" }), script);
  expect(settings.current()).toMatchObject({ bitrate_kbps: 8000, fps_cap: 30 });
});

test("settings that cannot be saved say why, and what was typed stays", async () => {
  await using pages = await openPages();
  const { settings } = pages.host;
  settings.change = () =>
    Promise.reject(
      new Failure("settings_not_saved", "Cannot change the settings: the disk is full", {
        values: { disk: "full" },
      }),
    );
  const form = formOf(settingsDefault, { fps_cap: "30" });
  const part = await (await pages.post("/settings", form, script)).text();
  expect(part).toContain("The settings could not be saved: the disk is full.");
  expect((await valuesIn(part)).fps_cap).toBe("30");
  const page = await pages.follow(await pages.post("/settings", form), "/sessions#settings");
  expect(page).toContain("The settings could not be saved: the disk is full.");
  expect((await valuesIn(page)).fps_cap).toBe("30");
});

test("the card alone shows what others changed, and leaves what is being typed", async () => {
  await using pages = await openPages();
  const { settings } = pages.host;
  const typed = new URLSearchParams(formOf(settingsDefault, { fps_cap: "30", pacing_share: "2" }));
  await settings.change({ bitrate_kbps: 8000, fps_cap: 50 }, "token");
  const renewed = async (query: URLSearchParams) =>
    await (await pages.get(`/parts/settings?${query}`, script)).text();
  const part = await renewed(typed);
  expect(part).toStartWith('<section id="settings"');
  expect(await valuesIn(part)).toMatchObject({
    bitrate_kbps: "8000",
    fps_cap: "30",
    pacing_share: "2",
  });
  expect(part).toContain('name="was_fps_cap" value="50"');
  expect(faultsIn(part)).toEqual([]);
  typed.set("marked", "yes");
  expect(faultsIn(await renewed(typed))).toEqual(["pacing_share"]);
});
