/** Typing the PIN that a Moonlight player shows, with and without script. */
import { expect, test } from "bun:test";
import { Failure } from "../../src/base/failure.ts";
import { openPages } from "./support.ts";

const television = {
  id: 1,
  uniqueid: "0123456789ABCDEF",
  name: "a television",
  address: "192.0.2.7",
};
const phone = { id: 2, uniqueid: "FEDCBA9876543210", name: "a phone", address: "192.0.2.8" };
const script = { "hx-request": "true" };

test("each player that waits has a field for its own PIN", async () => {
  await using pages = await openPages();
  expect(await (await pages.get("/sessions")).text()).toContain("Start pairing in Moonlight");
  pages.host.people.waiting = [television, phone];
  const text = await (await pages.get("/sessions")).text();
  for (const { id, name, address } of [television, phone]) {
    expect(text).toContain(`name="id" value="${id}"`);
    expect(text).toContain(`PIN shown by ${name}`);
    expect(text).toContain(address);
  }
});

test("a PIN goes to the player it was typed for, and the page follows", async () => {
  await using pages = await openPages();
  const { people } = pages.host;
  people.waiting = [television, phone];
  const fields = { pin: " 0123 ", id: `${phone.id}` };
  const answer = await pages.post("/pairing/pin", fields, script);
  expect(await answer.text()).toContain("Check Moonlight");
  expect(answer.headers.get("hx-trigger")).toBe("waiting-changed, players-changed");
  expect(people.pins).toEqual(["0123"]);
  people.waiting = [television];
  const plain = await pages.post("/pairing/pin", {
    pin: "98765432",
    id: `${television.id}`,
  });
  expect(await pages.follow(plain, "/sessions#waiting")).toContain("Check Moonlight");
  expect(people.pins).toEqual(["0123", "98765432"]);
});

test("what the player says of its PIN is on the page", async () => {
  await using pages = await openPages();
  const { people } = pages.host;
  for (const [outcome, text] of [
    ["wrong_pin", "Restart pairing there"],
    ["paired", "The player is paired"],
  ] as const) {
    people.waiting = [television];
    people.outcome = outcome;
    const fields = { pin: "1234", id: `${television.id}`, name: " Living room " };
    expect(await (await pages.post("/pairing/pin", fields, script)).text()).toContain(text);
  }
  expect(people.names).toEqual(["Living room", "Living room"]);
});

test("what no PIN can be is refused where it was typed", async () => {
  await using pages = await openPages();
  const { people } = pages.host;
  people.waiting = [television];
  const id = `${television.id}`;
  for (const pin of ["123", "123456789", "12a4", "", "١٢٣٤"]) {
    const part = await (await pages.post("/pairing/pin", { pin, id }, script)).text();
    expect(part).toContain("A PIN is 4 to 8 digits.");
    const page = await pages.post("/pairing/pin", { pin, id });
    expect(await pages.follow(page, "/sessions#waiting")).toContain("A PIN is 4 to 8 digits.");
  }
  expect(people.pins).toEqual([]);
});

test("nobody who waits, and GameStream switched off, are distinguished", async () => {
  await using pages = await openPages();
  const { people } = pages.host;
  const fields = { pin: "1234", id: `${television.id}` };
  expect(await (await pages.post("/pairing/pin", fields, script)).text()).toContain(
    "is no longer waiting",
  );
  const gone = await pages.post("/pairing/pin", fields);
  expect(await pages.follow(gone, "/sessions#waiting")).toContain("is no longer waiting");
  people.submitPin = () => Promise.reject(new Failure("gamestream_off", "Cannot accept a PIN"));
  expect(await (await pages.post("/pairing/pin", fields, script)).text()).toContain("is off");
  const off = await pages.post("/pairing/pin", fields);
  expect(await pages.follow(off, "/sessions#waiting")).toContain("is off");
});

test("a player that nobody knows is rejected, and the page follows", async () => {
  await using pages = await openPages();
  const { people } = pages.host;
  people.waiting = [television, phone];
  const answer = await pages.post("/pairing/refuse", { id: `${phone.id}` }, script);
  expect(await answer.text()).toContain("Rejected.");
  expect(answer.headers.get("hx-trigger")).toBe("waiting-changed, players-changed");
  expect(people.waiting).toEqual([television]);
  const plain = await pages.post("/pairing/refuse", { id: `${television.id}` });
  expect(await pages.follow(plain, "/sessions#waiting")).toContain("Rejected.");
  for (const id of [`${television.id}`, "x", ""]) {
    const gone = await pages.post("/pairing/refuse", { id });
    expect(await pages.follow(gone, "/sessions#waiting")).toContain("is no longer waiting");
  }
});

test("a PIN from another origin reaches nobody", async () => {
  await using pages = await openPages();
  pages.host.people.waiting = [television];
  const foreign = { origin: "http://evil.example", "sec-fetch-site": "cross-site" };
  const fields = { pin: "1234", id: `${television.id}` };
  expect((await pages.post("/pairing/pin", fields, foreign)).status).toBe(403);
  expect(pages.host.people.pins).toEqual([]);
});
