import { expect, test } from "bun:test";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { loadHostIdentity, loadPlayerIdentity } from "../../../src/base/identity.ts";
import { CodePairings, codeLifeMs, readCode, writeCode } from "../../../src/native/host/pairing.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import {
  ownCredentials,
  startTestHost,
  startTestPlayer,
  type TestHost,
} from "../../support/native.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const fingerprint = "ab".repeat(32);
const secretOf = (code: string) => readCode(code)?.secret ?? new Uint8Array();

async function stranger(directory: { path: string }) {
  const dataDirectory = directory.path;
  return { dataDirectory, identity: await loadPlayerIdentity(dataDirectory) };
}

test("a code carries fingerprint and secret", () => {
  const secret = new Uint8Array(16).fill(9);
  const code = writeCode({ fingerprint, secret });
  expect(code).toHaveLength(66);
  expect(code.startsWith("-")).toBe(false);
  expect(readCode(code)).toEqual({ fingerprint, secret: Buffer.from(secret) });
});

test("any text at all is read without a throw", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ minLength: 66, maxLength: 66 })), (text) => {
      const facts = readCode(text);
      if (facts !== undefined) expect(facts.secret).toHaveLength(16);
    }),
  );
});

test("a code lets in once", () => {
  const pairings = new CodePairings({ fingerprint, clock: new ManualClock() });
  const secret = secretOf(pairings.create().code);
  expect(pairings.use(secret)).toBe(true);
  expect(pairings.use(secret)).toBe(false);
});

test("a code is good until its last millisecond, whatever the wall clock does", () => {
  for (const [ageMs, isGood] of [
    [codeLifeMs - 1, true],
    [codeLifeMs, false],
  ] as const) {
    const clock = new ManualClock();
    const pairings = new CodePairings({ fingerprint, clock });
    const secret = secretOf(pairings.create().code);
    clock.stepWallMs(-3_600_000);
    clock.advanceMs(ageMs);
    expect(pairings.use(secret)).toBe(isGood);
  }
});

test("strangers' wrong tries do not void the operator's code", () => {
  const pairings = new CodePairings({ fingerprint, clock: new ManualClock() });
  const secret = secretOf(pairings.create().code);
  for (let wrong = 0; wrong < 1000; wrong++) expect(pairings.use(new Uint8Array(16))).toBe(false);
  expect(pairings.isOpen).toBe(true);
  expect(pairings.use(secret)).toBe(true);
});

test("a new code or a cancelled one makes the old one worthless", () => {
  const pairings = new CodePairings({ fingerprint, clock: new ManualClock() });
  const first = secretOf(pairings.create().code);
  const second = secretOf(pairings.create().code);
  expect(pairings.use(first)).toBe(false);
  pairings.cancel();
  expect(pairings.use(second)).toBe(false);
});

test("a stranger is refused with what to do", async () => {
  await using host = await startTestHost();
  await using directory = await tempDirectory();
  const playing = startTestPlayer(host.host.port, await stranger(directory));
  await expect(playing).rejects.toMatchObject({ code: "not_paired" });
  expect(host.host.sessions()).toEqual([]);
});

test("a code pairs a stranger, who then needs none, until the operator removes it", async () => {
  await using host = await startTestHost();
  await using directory = await tempDirectory();
  const credentials = await stranger(directory);
  const { port } = host.host;
  const { code, command } = await host.host.createPairingCode();
  expect(command).toBe(`onglass play 127.0.0.1:${port} --pair ${code}`);
  {
    using player = await startTestPlayer(port, { ...credentials, code });
    await player.frameCount(1);
  }
  const { client } = await host.event("client_added");
  expect(client.id).toBe(credentials.identity.fingerprint);
  expect(await host.host.clients()).toEqual([client]);
  const path = join(host.dataDirectory, "clients", `${client.id}.json`);
  expect((await stat(path)).mode & 0o777).toBe(0o600);

  const playing = startTestPlayer(port, { ...credentials, code });
  await expect(playing).rejects.toMatchObject({ code: "pairing_refused" });

  const named = await host.host.renameClient(client.id, "Living room");
  expect(named).toEqual({ ...client, name: "Living room" });
  using again = await startTestPlayer(port, credentials);
  await again.frameCount(1);
  expect(host.host.sessions().map((session) => session.client)).toEqual(["Living room"]);
  expect(await host.host.removeClient(client.id)).toBe(true);
  expect(await again.ended).toBe("the player was removed");
  expect(await host.host.removeClient(client.id)).toBe(false);
  expect(await host.host.renameClient(client.id, "back again")).toBeUndefined();
  expect(await host.host.clients()).toEqual([]);
  await expect(startTestPlayer(port, credentials)).rejects.toMatchObject({ code: "not_paired" });
});

async function mutatedCode(host: TestHost): Promise<string> {
  const { code } = await host.host.createPairingCode();
  const facts = readCode(code);
  return writeCode({ fingerprint: facts?.fingerprint ?? "", secret: new Uint8Array(16) });
}

test("the command beside a code names an IPv6 address in brackets", async () => {
  await using host = await startTestHost({ listenHost: "::1" });
  const { code, command } = await host.host.createPairingCode();
  expect(command).toBe(`onglass play [::1]:${host.host.port} --pair ${code}`);
});

test("a wrong code is refused and pairs nobody", async () => {
  await using host = await startTestHost();
  await using directory = await tempDirectory();
  const credentials = { ...(await stranger(directory)), code: await mutatedCode(host) };
  const playing = startTestPlayer(host.host.port, credentials);
  await expect(playing).rejects.toMatchObject({ code: "pairing_refused" });
  expect(await host.host.clients()).toEqual([]);
});

test("a code is shown and lets in after eight wrong tries of strangers", async () => {
  await using host = await startTestHost();
  await using directory = await tempDirectory();
  const strange = await stranger(directory);
  const wrong = { ...strange, code: await mutatedCode(host) };
  const shown = host.host.pairingCode();
  for (let count = 1; count <= 8; count += 1) {
    const refused = startTestPlayer(host.host.port, wrong);
    await expect(refused).rejects.toMatchObject({ code: "pairing_refused" });
  }
  expect(host.host.pairingCode()).toEqual(shown);
  expect(host.events.filter(({ kind }) => kind === "code_closed")).toEqual([]);
  using player = await startTestPlayer(host.host.port, { ...strange, code: shown?.code });
  await player.frameCount(1);
});

test("a code of another host is not even shown to this one", async () => {
  await using host = await startTestHost();
  await using directory = await tempDirectory();
  await host.host.createPairingCode();
  const code = writeCode({ fingerprint, secret: new Uint8Array(16) });
  const playing = startTestPlayer(host.host.port, { ...(await stranger(directory)), code });
  await expect(playing).rejects.toMatchObject({ code: "wrong_host" });
});

test("a known address with another certificate is refused, and says what to do", async () => {
  await using directory = await tempDirectory();
  const credentials = await stranger(directory);
  const first = await startTestHost();
  const { port } = first.host;
  const { code } = await first.host.createPairingCode();
  (await startTestPlayer(port, { ...credentials, code })).player.stop();
  await first[Symbol.asyncDispose]();
  await using _second = await startTestHost({ port });
  const playing = startTestPlayer(port, credentials);
  await expect(playing).rejects.toMatchObject({ code: "host_changed" });
  await expect(playing).rejects.toThrow("hosts/127.0.0.1_3a_");
});

test("who has a certificate of the host but not its key is a stranger", async () => {
  await using host = await startTestHost();
  await using directory = await tempDirectory();
  const credentials = await stranger(directory);
  const certificate = await readFile(join(host.dataDirectory, "cert.pem"), "utf8");
  await loadHostIdentity(directory.path);
  await writeFile(join(directory.path, "cert.pem"), certificate);
  const playing = startTestPlayer(host.host.port, credentials);
  await expect(playing).rejects.toMatchObject({ code: "not_paired" });
});

test("who can read the host's data directory needs no code", async () => {
  await using host = await startTestHost();
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  await player.frameCount(1);
  expect(await host.host.clients()).toEqual([]);
});
