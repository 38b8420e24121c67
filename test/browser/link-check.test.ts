/** The link between a host and a browser, measured by a press of a button on the Sessions page. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { expectNoComplaint, openBrowser, openConsole } from "./support.ts";

const testMs = 60_000;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
}, testMs);
afterAll(() => browser.close());

test(
  "a press measures the link, shows how far it is, and ends in what to set",
  async () => {
    await using console = await openConsole(browser);
    const page = await console.signIn({ locale: "de-DE", colorScheme: "dark" });
    await page.goto(`${console.url}/sessions`);
    const card = page.locator("link-check");
    await card.getByRole("button").click();
    await card.getByText("Messe mit 4 Mbit/s").waitFor();
    expect(await card.getByRole("button").isDisabled()).toBe(true);
    await page.locator("#link-answer li").first().waitFor();
    expect(await page.textContent("#link-answer")).toMatch(/Trägt.*Mbit\/s.*Stelle die Bitrate/s);
    await page.waitForFunction("document.querySelector('link-check progress').hidden");
    expect(await card.getByRole("button").isDisabled()).toBe(false);
    expectNoComplaint(console.complaints);
  },
  testMs,
);
