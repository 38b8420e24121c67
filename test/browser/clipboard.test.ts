/** Copying to the desktop in real Chromium. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { openScreen } from "../support/x-screen.ts";
import { expectNoComplaint, openBrowser, openConsole } from "./support.ts";
import { startPlaying } from "./watching.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

test("a text of the browser's clipboard is what a program on the host pastes", async () => {
  await using screen = await openScreen();
  await using console = await openConsole(browser);
  const page = await console.signIn();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await startPlaying(page, console.url, screen);
  const write = (text: string) =>
    page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await write("Grüße 👋\n漢");
  await page.click("[data-part=give]");
  await page.waitForSelector("[data-part=status]:has-text('Ctrl+V pastes it there')");
  const line = ["xclip", "-o", "-selection", "clipboard", "-display", screen.name];
  const program = Bun.spawn([...line, "-t", "UTF8_STRING"]);
  expect(await new Response(program.stdout).text()).toBe("Grüße 👋\n漢");
  await write("x".repeat(65_537));
  await page.click("[data-part=give]");
  await page.waitForSelector("[data-part=status]:has-text('longer than 64 KB')");
  expectNoComplaint(console.complaints);
}, 60_000);
