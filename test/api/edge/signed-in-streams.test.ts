/** Event streams that rest on a token: cut in the middle, ended with it, and never in each other's way. */
import { expect, test } from "bun:test";
import type { Credentials } from "../../../src/api/edge/credentials.ts";
import { RightEnds } from "../../../src/api/edge/right-ends.ts";
import { endWithRight } from "../../../src/api/edge/signed-in-streams.ts";
import { ManualScheduler } from "../../support/manual-scheduler.ts";

const request = new Request("http://localhost/", { headers: { authorization: "Bearer scrape" } });

function setUp() {
  const scheduler = new ManualScheduler();
  const ends = new RightEnds({
    ...{ scheduler, nowMs: () => 0, isGood: () => true, endMsOf: () => undefined },
  });
  // The part of it that an event stream asks.
  const credentials = {
    whenOver: (token: string, onOver: () => void) => ends.whenOver(token, onOver),
  } as Pick<Credentials, "whenOver"> as Credentials;
  const open = async () => {
    const { promise, resolve } = Promise.withResolvers<ReadableStreamDefaultController>();
    const body = new ReadableStream({ start: (controller) => resolve(controller) });
    const headers = { "content-type": "text/event-stream" };
    const handler = () => Promise.resolve(new Response(body, { headers }));
    const response = await endWithRight(handler, credentials)(request);
    return { source: await promise, reader: response?.body?.getReader() };
  };
  return { ends, open };
}

test("a stream that its host cut rests on its token no more, and the others end with it", async () => {
  const { ends, open } = setUp();
  const [cut, other] = [await open(), await open()];
  expect(ends.countOf("scrape")).toBe(2);
  const reading = cut.reader?.read();
  cut.source.error(new Error("its reader is too slow"));
  await expect(reading).rejects.toThrow("too slow");
  expect(ends.countOf("scrape")).toBe(1);
  ends.end("scrape");
  expect((await other.reader?.read())?.done).toBe(true);
});

test("a stream that ends, or that its reader leaves, rests on its token no more", async () => {
  const { ends, open } = setUp();
  const [ended, left] = [await open(), await open()];
  ended.source.close();
  expect((await ended.reader?.read())?.done).toBe(true);
  await left.reader?.cancel();
  expect(ends.countOf("scrape")).toBe(0);
});

test("what waits for its next event ends at once with the token", async () => {
  const { ends, open } = setUp();
  const { reader } = await open();
  const reading = reader?.read();
  ends.end("scrape");
  expect((await reading)?.done).toBe(true);
});
