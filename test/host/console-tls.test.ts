/** The console over a certificate that changes, and plain HTTP that is sent to it. */
import { expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "node:tls";
import { fingerprintOf, type Identity, loadHostIdentity } from "../../src/base/identity.ts";
import { ConsoleTls } from "../../src/host/console-tls.ts";
import { openConsole, openRedirect } from "../../src/host/listen.ts";
import { withToken } from "../api/support.ts";
import { fakeHost } from "../support/fake-host.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";

async function setUp() {
  const parts = new AsyncDisposableStack();
  const directory = parts.use(await tempDirectory());
  const identities: Identity[] = [];
  for (const name of ["host", "one", "two"]) {
    const path = join(directory.path, name);
    await mkdir(path);
    identities.push(await loadHostIdentity(path));
  }
  const [own, one, two] = identities as [Identity, Identity, Identity];
  const files = {
    certificate: join(directory.path, "given.pem"),
    key: join(directory.path, "given-key.pem"),
  };
  const write = async ({ certificatePem, keyPem }: Identity) => {
    await Bun.write(files.certificate, certificatePem);
    await Bun.write(files.key, keyPem);
  };
  const scheduler = new ManualScheduler();
  const config = {
    ...{ tls: true, allowHosts: [], httpRedirect: undefined },
    listen: { host: "127.0.0.1", port: 0 },
    dataDirectory: join(directory.path, "host"),
  };
  const core = { identity: own };
  const open = async (tlsFiles: typeof files | undefined) => {
    const options = { config: { ...config, tlsFiles }, core, clock: scheduler.clock, scheduler };
    return parts.use(await ConsoleTls.open(options));
  };
  return { parts, one, two, files, write, scheduler, config, open };
}

/** Fingerprint of what a new connection is shown. */
function shownAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { port, host: "127.0.0.1", rejectUnauthorized: false };
    const socket = connect(options, () => {
      resolve(fingerprintOf(socket.getPeerCertificate().raw));
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

test("a pair that was replaced is shown to new connections, and open streams run on", async () => {
  const { parts, one, two, write, scheduler, config, files, open } = await setUp();
  await using _ = parts;
  await write(one);
  const tls = await open(files);
  const { app, stats } = fakeHost();
  openConsole({ app, config, tls }, parts, () => undefined);
  const port = app.server?.port ?? 0;
  expect(await shownAt(port)).toBe(one.fingerprint);
  const url = `https://127.0.0.1:${port}/api/v1/stats/stream`;
  const trust = { ca: one.certificatePem, checkServerIdentity: () => undefined };
  const answer = await fetch(url, { headers: withToken, tls: trust });
  const reader = answer.body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  await write(two);
  scheduler.advanceMs(5001);
  await until(() => tls.pair.cert === two.certificatePem, { what: "the pair is replaced" });
  expect(await shownAt(port)).toBe(two.fingerprint);
  expect(app.server?.port).toBe(port);
  expect(tls.keyPin).toStartWith("sha256//");
  const shown = await Bun.file(join(config.dataDirectory, "console-cert.pem")).text();
  expect(shown).toBe(two.certificatePem);
  await stats.start();
  expect((await reader?.read())?.done).toBe(false);
  await reader?.cancel();
});

test("a broken pair leaves the one in use, is reported once, and half a change is waited for", async () => {
  const { parts, one, two, files, write, open } = await setUp();
  await using _ = parts;
  await write(one);
  const tls = await open(files);
  expect(await tls.readAgain()).toBeUndefined();
  await Bun.write(files.certificate, two.certificatePem);
  expect(await tls.readAgain()).toBeUndefined();
  await Bun.write(files.key, two.keyPem);
  expect(await tls.readAgain()).toEqual({ cert: two.certificatePem, key: two.keyPem });
  await Bun.write(files.key, "broken");
  expect(await tls.readAgain()).toBeUndefined();
  await expect(tls.readAgain()).rejects.toThrow("is not a private key");
  expect(await tls.readAgain()).toBeUndefined();
  expect(tls.pair.cert).toBe(one.certificatePem);
});

test("a pair that cannot be used at the start stops the host with what is wrong", async () => {
  const { parts, files, open } = await setUp();
  await using _ = parts;
  const text = `Cannot use --tls-cert and --tls-key: "${files.certificate}" is missing`;
  expect(open(files)).rejects.toThrow(text);
});

test("our own certificate is renewed while the host runs, before it ends", async () => {
  const { parts, scheduler, open } = await setUp();
  await using _ = parts;
  const tls = await open(undefined);
  const { validToDate, subjectAltName } = new X509Certificate(tls.pair.cert);
  expect(subjectAltName).toContain("DNS:localhost");
  expect(await tls.renew()).toBeUndefined();
  const dayMs = 24 * 3_600_000;
  scheduler.clock.stepWallMs(validToDate.getTime() - scheduler.clock.wallMs() - 30 * dayMs + 1);
  const next = await tls.renew();
  const end = new X509Certificate(next?.cert ?? "").validToDate.getTime();
  expect(end).toBeGreaterThan(validToDate.getTime() + 300 * dayMs);
});

test("plain HTTP is sent to the console's address under the name it asked for, if that is ours", async () => {
  const allowedHosts = new Set(["den.local", "127.0.0.1", "[::1]"]);
  const from = { host: "127.0.0.1", port: 0 };
  using redirect = openRedirect({ from, port: 7780, allowedHosts });
  const ask = async (path: string, host: string, method = "GET") => {
    const url = `http://127.0.0.1:${redirect.port}${path}`;
    const answer = await fetch(url, { method, headers: { host }, redirect: "manual" });
    return [answer.status, answer.headers.get("location")];
  };
  expect(await ask("/sessions?a=1", "Den.local")).toEqual([
    308,
    "https://den.local:7780/sessions?a=1",
  ]);
  expect(await ask("/", `[::1]:${redirect.port}`, "POST")).toEqual([308, "https://[::1]:7780/"]);
  const [, location] = await ask("//evil.example/", "den.local");
  expect(new URL(`${location}`).host).toBe("den.local:7780");
  for (const host of ["evil.example", "den.local.evil.example"]) {
    expect(await ask("/", host)).toEqual([421, null]);
  }
});
