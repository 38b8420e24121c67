/** The way of a page's sound: by the relay's address as it is at each connection. */
import { expect, test } from "bun:test";
import type { RelayAnswer } from "../../public/relay-tries.ts";
import type { SoundLine } from "../../public/sound-messages.ts";
import { SoundWay } from "../../public/sound-way.ts";

const source = { isRelayed: true, broadcast: "live/1.hang", track: "audio" };

function open() {
  const played: (string | undefined)[] = [];
  const relay: { answer: RelayAnswer | undefined } = { answer: { url: "https://relay/?jwt=1" } };
  const state = { isFailing: false };
  const way = new SoundWay({
    play: (line: SoundLine | undefined) => played.push(line?.url),
    onFailing: (isFailing) => {
      state.isFailing = isFailing;
    },
    hostUrl: () => "wss://host/moq",
    ask: async () => relay.answer,
  });
  return { way, played, relay, state };
}

/** What was asked has been answered. */
const answered = () => new Promise((resolve) => setImmediate(resolve));

test("sound whose connection ended comes back with the token as it is then", async () => {
  const { way, played, relay } = open();
  way.follow(source);
  await answered();
  way.heard("connected");
  way.heard("received");
  way.follow({ ...source });
  relay.answer = { url: "https://relay/?jwt=2" };
  way.heard("lost");
  await answered();
  expect(played).toEqual(["https://relay/?jwt=1", "https://relay/?jwt=2"]);
  way.follow(undefined);
});

test("sound that was turned off and on again does not use the earlier token", async () => {
  const { way, played, relay } = open();
  way.follow(source);
  await answered();
  way.follow(undefined);
  relay.answer = { url: "https://relay/?jwt=2" };
  way.follow(source);
  await answered();
  expect(played).toEqual(["https://relay/?jwt=1", undefined, "https://relay/?jwt=2"]);
  way.follow(undefined);
});

test("a relay that refused it once is asked over WebSocket", async () => {
  const { way, played } = open();
  way.follow(source);
  await answered();
  way.heard("connected");
  way.heard("lost");
  await answered();
  expect(played.at(-1)).toBe("wss://relay/?jwt=1");
  way.follow(undefined);
});

test("with a token that is over nothing is tried, and the page says so", async () => {
  const { way, played, relay, state } = open();
  way.follow(source);
  await answered();
  relay.answer = {};
  way.heard("lost");
  await answered();
  expect(played.at(-1)).toBeUndefined();
  expect(state.isFailing).toBe(true);
  way.follow(undefined);
  expect(state.isFailing).toBe(false);
});

test("a host that does not answer changes nothing of what is played", async () => {
  const { way, played, relay } = open();
  way.follow(source);
  await answered();
  relay.answer = undefined;
  way.heard("lost");
  await answered();
  expect(played).toEqual(["https://relay/?jwt=1"]);
  way.follow(undefined);
});

test("directly there is one address, and nobody is asked for it", () => {
  const { way, played } = open();
  way.follow({ ...source, isRelayed: false });
  way.heard("lost");
  expect(played).toEqual(["wss://host/moq"]);
  way.follow(undefined);
});

test("the page says when sound finds no connection, until it comes", () => {
  const { way, state } = open();
  way.follow(source);
  for (let count = 0; count < 4; count += 1) way.heard("lost");
  expect(state.isFailing).toBe(true);
  way.heard("connected");
  way.heard("received");
  expect(state.isFailing).toBe(false);
  way.follow(undefined);
});
