/** The relay as browsers get it. */
import { expect, test } from "bun:test";
import { viewerRelayOf } from "../../src/host/watching.ts";

const settings = { relay: undefined, relayViewerUrl: undefined, relayViewerTokenFile: undefined };

test("what the host publishes with does not reach browsers", () => {
  const relay = new URL("https://name:secret@relay.example/desk?jwt=publish");
  expect(viewerRelayOf({ ...settings, relay })?.url.href).toBe("https://relay.example/desk");
  expect(relay.password).toBe("secret");
});

test("an address for browsers alone stays as it is, and without a relay there is none", () => {
  const relay = new URL("https://relay.example/desk?jwt=publish");
  const relayViewerUrl = new URL("https://other.example/desk?jwt=watch");
  expect(viewerRelayOf({ ...settings, relay, relayViewerUrl })?.url).toEqual(relayViewerUrl);
  expect(viewerRelayOf(settings)).toBeUndefined();
});
