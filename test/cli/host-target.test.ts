/** Which host a command asks, how it is known, and what a hostile one can do: nothing. */
import { expect, spyOn, test } from "bun:test";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ownConsolePair } from "../../src/base/console-certificate.ts";
import { Failure } from "../../src/base/failure.ts";
import { keyPinOf, loadHostIdentity } from "../../src/base/identity.ts";
import * as privateFile from "../../src/base/private-file.ts";
import { askFor, askHost, readBytes, readText } from "../../src/cli/host-call.ts";
import { targetOf } from "../../src/cli/host-target.ts";
import { checkNamedHosts } from "../../src/cli/hosts-file.ts";
import { runLogs } from "../../src/cli/logs.ts";
import { runStatus } from "../../src/cli/status.ts";
import { LogPage } from "../../src/model/log-line.ts";
import { lockDirectory } from "../../src/store/directory-lock.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";

const token = "a-token-of-another-host-0123";
const anyPin = `sha256//${"A".repeat(43)}=`;
const entry = (lines: string, scheme = "https") =>
  `[hosts.x]\nurl='${scheme}://localhost:1'\n${lines}`;

async function setUp(options: { tls?: boolean; answer?: () => Response } = {}) {
  const directory = await tempDirectory();
  const env = { XDG_CONFIG_HOME: directory.path, HOME: directory.path };
  const data = join(directory.path, "remote");
  await mkdir(data);
  await mkdir(join(directory.path, "onglass"));
  const { keyPem } = await loadHostIdentity(data);
  const names = ["127.0.0.1", "localhost"];
  const pair = await ownConsolePair(data, { keyPem, names, nowMs: Date.now() });
  const seen: (string | null)[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    ...(options.tls ? { tls: { ...pair } } : {}),
    fetch: (request) => {
      seen.push(request.headers.get("authorization"));
      return options.answer?.() ?? Response.json({ lines: [], next: 0 });
    },
  });
  const write = async (name: string, text: string, mode = 0o600) => {
    const path = join(directory.path, "onglass", name);
    await Bun.write(path, text);
    await chmod(path, mode);
    return path;
  };
  const url = `${options.tls ? "https" : "http"}://127.0.0.1:${server.port}`;
  return {
    ...{ env, url, seen, write, pair, pin: keyPinOf(pair.cert), data },
    [Symbol.asyncDispose]: async () => {
      await server.stop(true);
      await directory[Symbol.asyncDispose]();
    },
  };
}

const ask = { method: "GET", path: "/log", shape: LogPage, what: "read the log" } as const;

test("a named host is reached with its token, by the key that is pinned", async () => {
  await using host = await setUp({ tls: true });
  await host.write("den.token", `${token}\n`);
  const toml = (pin: string) =>
    `[hosts.den]\nurl = "${host.url}"\ntoken_file = "den.token"\npin = "${pin}"\n`;
  await host.write("hosts.toml", toml(host.pin), 0o644);
  expect(await askFor(await targetOf({ host: "den" }, host.env), ask)).toEqual({
    lines: [],
    next: 0,
  });
  expect(host.seen).toEqual([`Bearer ${token}`]);
  await host.write("hosts.toml", toml(`sha256//${"A".repeat(43)}=`));
  expect(targetOf({ host: "den" }, host.env)).rejects.toThrow("not the one that is pinned");
  expect(host.seen).toHaveLength(1);
});

test("certificates of a file are trusted for their names, and others are refused with the key seen", async () => {
  await using host = await setUp({ tls: true });
  await using other = await setUp({ tls: true });
  const tokenFile = await host.write("t", token);
  const ca = await host.write("ca.pem", host.pair.cert);
  const given = { "token-file": tokenFile, "tls-ca": ca };
  const named = { host: host.url.replace("127.0.0.1", "localhost"), ...given };
  expect(await askFor(await targetOf(named, host.env), ask)).toEqual({ lines: [], next: 0 });
  const foreign = await targetOf({ host: other.url, ...given }, host.env);
  const refusal = `ca.pem" does not vouch for its certificate; its key is ${other.pin}`;
  expect(askHost(foreign, ask)).rejects.toThrow(refusal);
  const elsewhere = { ...named, host: host.url.replace("127.0.0.1", "[::ffff:127.0.0.1]") };
  expect(askHost(await targetOf(elsewhere, host.env), ask)).rejects.toThrow("for other names");
  for (const text of ["", "no PEM", host.pair.cert.replace("\nM", "\nX"), token]) {
    const wrong = { ...named, "tls-ca": await host.write("wrong.pem", text) };
    expect(targetOf(wrong, host.env)).rejects.toThrow('wrong.pem": it holds no certificates');
  }
  const untold = await targetOf({ host: other.url, "token-file": tokenFile }, host.env);
  expect(askHost(untold, ask)).rejects.toThrow(`its key is ${other.pin}`);
  expect(other.seen).toEqual([]);
});

test("a token that others may read is not used, nor one sent in the open", async () => {
  await using host = await setUp();
  const open = await host.write("open", token, 0o640);
  const flags = { host: host.url, "token-file": open };
  expect(targetOf(flags, host.env)).rejects.toThrow("mode 0640");
  await host.write("hosts.toml", `[hosts.a]\nurl = "${host.url}"\ntoken = "${token}"\n`, 0o644);
  expect(targetOf({ host: "a" }, host.env)).rejects.toThrow("mode 0644");
  const closed = await host.write("closed", token);
  const far = { host: "http://192.0.2.7:7780", "token-file": closed };
  expect(targetOf(far, host.env)).rejects.toThrow("over plain HTTP");
  expect((await targetOf({ ...far, "plain-http": true }, host.env)).url.host).toBe(
    "192.0.2.7:7780",
  );
  expect(targetOf({ host: host.url }, host.env)).rejects.toThrow("no token for it");
  expect(host.seen).toEqual([]);
});

test("the token of this machine's host is sent to this machine alone", async () => {
  await using host = await setUp();
  const env = { ...host.env, ONGLASS_TOKEN: token };
  expect((await targetOf({ host: host.url }, env)).token).toBe(token);
  for (const url of ["https://192.0.2.7:7780", "http://192.0.2.7:7780"]) {
    const asked = targetOf({ host: url, "plain-http": true }, env);
    await expect(asked).rejects.toThrow("ONGLASS_TOKEN is only sent to this machine");
  }
  await host.write("hosts.toml", "[hosts.far]\nurl = 'https://192.0.2.7:7780'\n");
  expect(targetOf({ host: "far" }, env)).rejects.toThrow("no token for it");
});

test("the host of the data directory needs no token file; what else listens here gets no token", async () => {
  await using host = await setUp();
  await using secure = await setUp({ tls: true });
  const own = (url: string, data: string) => targetOf({ host: url, "data-dir": data }, host.env);
  const refused = (url: string, data: string) =>
    expect(own(url, data)).rejects.toThrow("no token for it");
  for (const { data } of [host, secure]) await Bun.write(join(data, "token"), `${token}\n`);
  await refused(host.url, host.data);
  const [held, alsoHeld] = [lockDirectory(host.data), lockDirectory(secure.data)];
  expect(await askFor(await own(host.url, host.data), ask)).toMatchObject({ next: 0 });
  // Known by its own certificate, which no authority vouches for.
  expect(await askFor(await own(secure.url, secure.data), ask)).toMatchObject({ next: 0 });
  expect([host.seen, secure.seen]).toEqual([[`Bearer ${token}`], [`Bearer ${token}`]]);

  await refused("http://127.0.0.1:1", host.data);
  // Another program: a tunnel, say.
  const code = "console.log(Bun.serve({ port: 0, hostname: '127.0.0.1', fetch() {} }).port)";
  await using other = Bun.spawn([process.execPath, "-e", code], { stdio: ["ignore", "pipe", 2] });
  const { value } = await other.stdout.getReader().read();
  await refused(`http://127.0.0.1:${new TextDecoder().decode(value).trim()}`, host.data);
  for (const lock of [held, alsoHeld]) lock[Symbol.dispose]();
  await refused(host.url, host.data);
});

test.each([
  ["no such name", 'it has no host "x"; it has a', "[hosts.a]\nurl='http://localhost:1'"],
  ["a field it does not know", 'wrong at "urll"', "[hosts.x]\nurl='http://localhost:1'\nurll='b'"],
  ["no TOML", "line 1 is not TOML", "[hosts"],
  ["a string without quotes", /line 4 is not TOML: [^x]+$/, "[hosts.x]\nurl='a'\n# b\ntoken = x12"],
  ["a name given twice", "line 3 is not TOML", "[hosts.x]\nurl='a'\nurl='b'\npin='c'"],
  ["a wrong value", 'line 5: host "x" is wrong at "pin"', `[hosts.a]\n${entry("\n pin = 7")}`],
  ["nothing of the host", 'line 2: host "x" is wrong at "url"', '\n[ hosts."x" ]\n[hosts.y]'],
  ["no hosts", "no table [hosts.NAME]", "a = 1"],
  ["a pin for plain HTTP", "only an https address", entry(`pin='${anyPin}'`, "http")],
  ["certificates for plain HTTP", "only an https address", entry("ca='a'", "http")],
  ["a pin that is none", 'wrong at "pin"', entry("pin='sha256//zzz'")],
  ["an empty pin", 'wrong at "pin"', entry("pin=''")],
  ["a pin and certificates", "both pin and ca", entry(`pin='${anyPin}'\nca='a'`)],
  [
    "a token on two lines",
    'line 3: host "x" is wrong at "token"',
    entry(`token='''${token}\n${token}'''`),
  ],
  ["a token with a blank", 'wrong at "token"', entry(`token='${token} x'`)],
  ["a token that is none", 'wrong at "token"', entry("token='short'")],
  ["two tokens", "both token and token_file", entry("token='a'\ntoken_file='b'")],
])("a hosts.toml with %s is refused with what is wrong", async (_, text, toml) => {
  await using host = await setUp();
  await host.write("hosts.toml", toml);
  const failure = targetOf({ host: "x" }, host.env);
  expect(failure).rejects.toThrow(text);
  expect(failure).rejects.not.toThrow(token);
});

test.each(["9f3a7c", "x9f3a7c", "9f3a…7c", "'9f3a7c", '"9f3a\\7c"', "9f3a7c == +/"])(
  "a token %p that is no TOML is in no message",
  async (odd) => {
    await using host = await setUp();
    await host.write("hosts.toml", `[hosts.x]\nurl='a'\ntoken = ${odd}`);
    const reason = String(await targetOf({ host: "x" }, host.env).catch((cause: unknown) => cause));
    expect(reason).toContain("line 3 is not TOML");
    expect(reason.replaceAll(host.env.HOME, "")).not.toMatch(/9f3|7c/);
  },
);

test("a token that no host could have is refused before anything is sent, wherever it is from", async () => {
  await using host = await setUp();
  const odd = `${token}\n${token}`;
  const env = { ...host.env, ONGLASS_TOKEN: odd };
  expect(targetOf({ host: host.url }, env)).rejects.toThrow("Cannot use ONGLASS_TOKEN");
  await Bun.write(join(host.data, "token"), odd);
  const own = { "data-dir": host.data, listen: host.url.replace("http://", "") };
  expect(targetOf(own, host.env)).rejects.toThrow("Cannot use the token in");
  const file = await host.write("odd.token", odd);
  const given = targetOf({ host: host.url, "token-file": file }, host.env);
  expect(given).rejects.toThrow("it holds no token");
  expect(host.seen).toEqual([]);
});

test("a refusal that says what could not be done is said once, a refused token in plain words", async () => {
  const problems = [
    {
      status: 502,
      error: "Cannot list the archive: 507 InsufficientStorage",
      code: "archive_failed",
    },
    { status: 404, error: "Nothing is saved", code: "not_found" },
    { status: 401, error: "Cannot admit the request: x", code: "unauthorized" },
  ];
  const answer = () => {
    const { status = 500, ...problem } = problems.shift() ?? {};
    return Response.json(problem, { status });
  };
  await using host = await setUp({ answer });
  const flags = { host: host.url, "token-file": await host.write("t", token) };
  const said = async () => {
    const asked = askFor(await targetOf(flags, host.env), ask);
    return await asked.catch((error: Error) => error.message);
  };
  expect(await said()).toBe("Cannot list the archive: 507 InsufficientStorage");
  expect(await said()).toBe("Cannot read the log: Nothing is saved");
  expect(await said()).toMatch(
    /^Cannot read the log: the host does not accept the token; .*revoked$/,
  );
});

test("a host that no file names is wrong usage of --fleet, a disk that does not answer is not", async () => {
  await using host = await setUp();
  await host.write("hosts.toml", "[hosts.a]\nurl='http://localhost:1'\n");
  await expect(checkNamedHosts(["b"], host.env)).rejects.toMatchObject({ code: "usage" });
  const silence = new Failure("storage_unreadable", "Cannot use the data directory");
  using _mode = spyOn(privateFile, "opennessOf").mockRejectedValue(silence);
  await expect(checkNamedHosts(["a"], host.env)).rejects.toBe(silence);
});

test("flags that belong to another host, or to this one, are not mixed up", async () => {
  await using host = await setUp();
  const wrong: [Record<string, string | boolean>, string][] = [
    [{ "token-file": "a" }, "--token-file without --host"],
    [{ "plain-http": true }, "--plain-http without --host"],
    [{ host: host.url, listen: "127.0.0.1:1" }, "--listen with --host"],
    [{ host: host.url, "tls-ca": "a", "tls-pin": "b" }, "together"],
    [{ host: "http://u:p@localhost:1" }, "it takes an address"],
    [{ host: "http://:p@localhost:1" }, "it takes an address"],
    [{ host: "http://localhost:1/path" }, "it takes an address"],
    [{ host: host.url, "tls-pin": anyPin }, "only an https address"],
    [{ host: host.url, "tls-ca": "a" }, "only an https address"],
    [{ host: "https://localhost:1", "tls-pin": "sha256//zzz" }, "32 bytes in base64"],
    [{ host: "https://localhost:1", "tls-pin": "" }, "32 bytes in base64"],
  ];
  for (const [values, text] of wrong) {
    expect(targetOf({ "data-dir": host.data, ...values }, host.env)).rejects.toThrow(text);
  }
  expect(host.seen).toEqual([]);
});

test.each([
  "http://u:secret@localhost:1",
  "https://u:sec/ret@:x",
  "u:secret@den",
  "http://:secret@a",
])("a password in the host %s is in no message", async (name) => {
  await using host = await setUp();
  await host.write("hosts.toml", "[hosts.a]\nurl = 'http://localhost:1'\n");
  const error = await targetOf({ host: name }, host.env).catch((cause: Error) => cause.message);
  expect(error).toStartWith("Cannot use");
  expect(error).not.toMatch(/secret|sec.ret/);
});

test("a hosts.toml that others may change is refused, and one with any token that they may read", async () => {
  await using host = await setUp();
  const den = "[hosts.den]\nurl = 'http://localhost:1'\n";
  await host.write("hosts.toml", den, 0o666);
  expect(targetOf({ host: "den" }, host.env)).rejects.toThrow("others may change it (mode 0666)");
  await host.write("hosts.toml", `${den}[hosts.a]\nurl = 'b'\ntoken = '${token}'\n`, 0o644);
  expect(targetOf({ host: "den" }, host.env)).rejects.toThrow("others may read it");
});

test("certificates given by a flag replace the pin of the file", async () => {
  await using host = await setUp({ tls: true });
  await host.write("hosts.toml", `[hosts.den]\nurl = "${host.url}"\npin = "${anyPin}"\n`);
  const given = { "token-file": await host.write("t", token) };
  const ca = await host.write("ca.pem", host.pair.cert);
  const target = await targetOf({ host: "den", "tls-ca": ca, ...given }, host.env);
  expect(await askFor(target, ask)).toEqual({ lines: [], next: 0 });
});

test("an endless answer, a redirect and another shape are cut off with what was wrong", async () => {
  const chunk = new Uint8Array(1 << 20);
  const endless = () =>
    new Response(new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }));
  await using flood = await setUp({ answer: endless });
  const target = async ({ url, env, write }: Awaited<ReturnType<typeof setUp>>) =>
    await targetOf({ host: url, "token-file": await write("t", token) }, env);
  expect(askFor(await target(flood), ask)).rejects.toThrow("larger than 16777216 bytes");
  const elsewhere = () => new Response(null, { status: 302, headers: { location: flood.url } });
  await using away = await setUp({ answer: elsewhere });
  expect(askHost(await target(away), ask)).rejects.toThrow("Cannot reach the host");
  await using odd = await setUp({ answer: () => Response.json({ lines: "x" }) });
  expect(askFor(await target(odd), ask)).rejects.toThrow("the host's response is malformed");
  await using problem = await setUp({
    answer: () => Response.json({ error: "E".repeat(9000), code: "x" }, { status: 500 }),
  });
  const refusal = await askFor(await target(problem), ask).catch((error: Error) => error.message);
  expect(`${refusal}`.length).toBeLessThan(1100);
  expect(flood.seen).toHaveLength(1);
});

test("an answer of millions of values is refused before it is parsed", async () => {
  await using host = await setUp({ answer: () => new Response(`[${"[],".repeat(6_500_000)}0]`) });
  const target = await targetOf(
    { host: host.url, "token-file": await host.write("t", token) },
    host.env,
  );
  const asked = askFor(target, { ...ask, bytesMax: 32 * 1024 * 1024, answerMsMax: 120_000 });
  await expect(asked).rejects.toThrow("too many values");
});

test("a host that answers a byte at a time is left after its time", async () => {
  const slow = () =>
    new Response(
      new ReadableStream({
        pull: async (controller) => {
          await Bun.sleep(20);
          controller.enqueue(new Uint8Array(1));
        },
      }),
    );
  await using host = await setUp({ answer: slow });
  const flags = { host: host.url, "token-file": await host.write("t", token) };
  const target = await targetOf(flags, host.env);
  const response = await askHost(target, { ...ask, answerMsMax: 200 });
  expect(readBytes(response, { what: "read" })).rejects.toThrow("the response was cut off");
});

test("a host that never answers is left after the time to begin, one that has begun is waited for", async () => {
  using silent = Bun.listen({
    ...{ hostname: "127.0.0.1", port: 0 },
    socket: { data: () => undefined },
  });
  await using host = await setUp({ answer: () => new Response(late()) });
  const given = { "token-file": await host.write("t", token) };
  const call = { method: "GET", path: "/x", answerMsMax: 60_000, beginMsMax: 1000 } as const;
  const nobody = { host: `http://127.0.0.1:${silent.port}`, ...given };
  const asked = askHost(await targetOf(nobody, host.env), { ...call, beginMsMax: 50 });
  await expect(asked).rejects.toThrow("it did not answer within 0.05 s; is it running");
  const response = await askHost(await targetOf({ host: host.url, ...given }, host.env), call);
  expect(await readText(response, "read")).toBe("begun, done");
  async function* late() {
    yield "begun, ";
    await Bun.sleep(1200);
    yield "done";
  }
});

test("a connection that is closed is said without the runtime's advice to programmers", async () => {
  using rude = Bun.listen({
    ...{ hostname: "127.0.0.1", port: 0 },
    socket: { data: (socket) => socket.terminate() },
  });
  await using host = await setUp();
  const flags = {
    host: `http://127.0.0.1:${rude.port}`,
    "token-file": await host.write("t", token),
  };
  const asked = askHost(await targetOf(flags, host.env), ask);
  const error = await asked.catch((cause: Error) => cause.message);
  expect(error).toContain("closed");
  expect(error).not.toMatch(/verbose|fetch/);
});

test("nothing that a host says steers the terminal", async () => {
  const evil = "\u001b[2J\u001b]0;owned\u0007\u202e\nonglass: fake";
  const line = { index: 0, at_unix_ms: 0, level: "warn" as const, text: evil };
  await using host = await setUp({ answer: () => Response.json({ lines: [line], next: 1 }) });
  const flags = ["--host", host.url, "--token-file", await host.write("t", token)];
  const terminal = new TestTerminal(host.env);
  expect(await runLogs(flags, terminal)).toBe(0);
  expect([...terminal.stdout].filter((one) => evil.includes(one) && one < " ")).toEqual(["\n"]);
  expect(terminal.stdout).not.toContain("\u202e");
  expect(terminal.stdout.split("\n")).toHaveLength(2);
  await using refusing = await setUp({
    answer: () => Response.json({ error: evil, code: "x" }, { status: 500 }),
  });
  const other = ["--host", refusing.url, "--token-file", await refusing.write("t", token)];
  const error = await runStatus(other, terminal).catch((cause: Error) => cause.message);
  terminal.say(`${error}`);
  expect(terminal.stderr).not.toContain("\u001b");
  expect(terminal.stderr.split("\n")).toHaveLength(2);
});
