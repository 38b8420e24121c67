/** What meets a request on a real socket before any route is looked for. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { ownHosts } from "../../../src/api/edge/allowed-hosts.ts";
import { fakeHost, token } from "../../support/fake-host.ts";

const allowedHosts = new Set(["localhost", "127.0.0.1", "[::1]", "box.lan", "a", "abcd"]);
const host = fakeHost({ allowedHosts });
const authorization = `Authorization: Bearer ${token}\r\n`;

beforeAll(() => void host.app.listen({ hostname: "127.0.0.1", port: 0 }));
afterAll(() => host.app.stop(true));

type Answer = { status: number; headers: Record<string, string>; body: string };

/** Sends the bytes as they are, and reads one answer until its declared end or the close. */
async function send(text: string): Promise<Answer> {
  let received = "";
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: host.app.server?.port ?? 0,
    socket: {
      data(_, bytes) {
        received += bytes.toString();
        if (isWhole(received, text.startsWith("HEAD"))) resolve();
      },
      close: () => resolve(),
      error: () => resolve(),
    },
  });
  socket.write(text);
  await promise;
  socket.terminate();
  return parse(received);
}

function isWhole(text: string, isHead: boolean): boolean {
  const end = text.indexOf("\r\n\r\n");
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
  return end >= 0 && (isHead || text.length >= end + 4 + Number(length ?? 0));
}

function parse(text: string): Answer {
  const [head = "", body = ""] = text.split("\r\n\r\n", 2);
  const [line = "", ...rest] = head.split("\r\n");
  const headers = rest
    .map((one) => one.split(": ", 2))
    .map(([key, value]) => [key?.toLowerCase(), value]);
  return { status: Number(line.split(" ")[1]), headers: Object.fromEntries(headers), body };
}

async function problem(text: string): Promise<unknown[]> {
  const { status, body, headers } = await send(text);
  expect(headers["x-content-type-options"]).toBe("nosniff");
  return [status, JSON.parse(body)];
}

test("a request for a name of this host is answered, whatever port it says", async () => {
  const names = ["localhost", "LocalHost:1", "127.0.0.1:65535", "[::1]", "[::1]:80", "box.lan:443"];
  for (const name of [...names, "abcd"]) {
    const { status } = await send(
      `GET /api/v1/status HTTP/1.1\r\nHost: ${name}\r\n${authorization}\r\n`,
    );
    expect([name, status]).toEqual([name, 200]);
  }
});

test("a request for any other name is misdirected, even to what is open", async () => {
  const names = [
    "evil.example",
    "localhost.evil.example",
    "localhost.",
    "localhost:x",
    "localhost:123456",
    "localhost:65536",
    "localhost/x",
    "localhost@evil",
    "::1",
    "box.lan, evil.example",
    "",
  ];
  for (const name of names) {
    for (const path of ["/healthz", "/api/v1/status", "/nothing"]) {
      const text = `GET ${path} HTTP/1.1\r\nHost: ${name}\r\n${authorization}\r\n`;
      expect([name, ...(await problem(text))]).toEqual([
        name,
        421,
        {
          error: `Cannot answer for host "${name}": it is not a name of this one`,
          code: "wrong_host",
        },
      ]);
    }
  }
});

test("a name too short for the framework's path finding is misdirected, allowed or not", async () => {
  for (const name of ["a", "a:80", "b"]) {
    const text = `GET /healthz HTTP/1.1\r\nHost: ${name}\r\n\r\n`;
    expect([name, (await problem(text))[0]]).toEqual([name, 421]);
  }
  const long = await send("GET /healthz HTTP/1.1\r\nHost: a:7780\r\n\r\n");
  expect([long.status, long.body]).toEqual([200, "ok"]);
});

test("a request without a Host, or with two, opens nothing", async () => {
  const old = await send(`GET /healthz HTTP/1.0\r\n\r\n`);
  expect(old.status).toBe(421);
  expect((await send("GET /healthz HTTP/1.1\r\n\r\n")).status).toBe(400);
  const two = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n";
  expect((await problem(two))[0]).toBe(421);
});

test("a URL is read up to 4,096 characters", async () => {
  const base = "http://localhost/healthz?".length;
  const get = async (length: number) => {
    const query = "x".repeat(length - base);
    return (await send(`GET /healthz?${query} HTTP/1.1\r\nHost: localhost\r\n\r\n`)).status;
  };
  expect([await get(4096), await get(4097)]).toEqual([200, 414]);
});

test("a percent sign that begins no character is malformed", async () => {
  for (const path of ["/%", "/api/v1/sessions/%E0%A4%A", "/healthz?%ff"]) {
    const text = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${authorization}\r\n`;
    expect([path, ...(await problem(text))]).toEqual([
      path,
      400,
      {
        error: "Cannot read the URL: a percent sign in it begins no character",
        code: "malformed",
      },
    ]);
  }
});

test("a body that says it is larger than 64 KiB is refused before it is sent", async () => {
  const post = (length: number) =>
    problem(
      `POST /api/v1/sessions/3/bitrate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${authorization}\r\n`,
    );
  const refusal = {
    error: "Cannot read the body: it is larger than 65536 bytes",
    code: "too_large",
  };
  expect(await post(65_537)).toEqual([413, refusal]);
  expect(await post(2 ** 30)).toEqual([413, refusal]);
});

test("a body of unknown length is refused", async () => {
  const text = `POST /api/v1/sessions/3/bitrate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n${authorization}\r\n14\r\n{"bitrate_kbps":200}\r\n0\r\n\r\n`;
  expect(await problem(text)).toEqual([
    411,
    { error: "Cannot read the body: it needs a Content-Length", code: "length_required" },
  ]);
});

test("a body with its length is read from the socket", async () => {
  const body = '{"bitrate_kbps":4000}';
  const text = `POST /api/v1/sessions/3/bitrate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${authorization}\r\n${body}`;
  expect((await send(text)).status).toBe(204);
  expect(host.asked).toContainEqual(["bitrate", 4000, 3]);
});

test("HEAD on the socket gives the length and sends no body", async () => {
  const lines = `Host: localhost\r\n${authorization}\r\n`;
  const got = await send(`GET /api/v1/sessions HTTP/1.1\r\n${lines}`);
  const head = await send(`HEAD /api/v1/sessions HTTP/1.1\r\n${lines}`);
  expect([head.status, head.body]).toEqual([200, ""]);
  expect(head.headers["content-length"]).toBe(String(got.body.length));
});

test("paths that the URL's own rules shorten are what they become, no more", async () => {
  const lines = `Host: localhost\r\n\r\n`;
  const up = await send(`GET /healthz/../api/v1/status HTTP/1.1\r\n${lines}`);
  expect(up.status).toBe(401);
  const open = await send(`GET /api/v1/../../healthz HTTP/1.1\r\n${lines}`);
  expect(open.body).toBe("ok");
});

test("the host's own names are those of this machine, in the header's form", () => {
  const hosts = ownHosts("0.0.0.0", ["Box.Lan", "[fe80::2]:7780", "fe80::3%eth0", "other:7780"]);
  for (const name of [
    "localhost",
    "127.0.0.1",
    "[::1]",
    "box.lan",
    "[fe80::2]",
    "[fe80::3]",
    "other",
  ]) {
    expect([name, hosts.has(name)]).toEqual([name, true]);
  }
  expect(hosts.has("evil.example")).toBe(false);
});
