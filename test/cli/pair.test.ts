import { expect, test } from "bun:test";
import { join } from "node:path";
import { loadHostIdentity } from "../../src/base/identity.ts";
import { runPair } from "../../src/cli/pair.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";

const made = {
  code: "AX".padEnd(66, "x"),
  expires_unix_ms: Date.UTC(2026, 5, 26),
  command: "onglass play 127.0.0.1:7781 --pair AX",
};
type Seen = { path: string; method: string; authorization: string | null };

async function setUp(answer: () => Response, options: { tls?: boolean } = {}) {
  const directory = await tempDirectory();
  const identity = await loadHostIdentity(directory.path);
  await Bun.write(join(directory.path, "token"), "a-token-of-enough-length\n");
  const seen: Seen[] = [];
  const bodies: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    ...(options.tls ? { tls: { cert: identity.certificatePem, key: identity.keyPem } } : {}),
    fetch: async (request) => {
      const authorization = request.headers.get("authorization");
      seen.push({ path: new URL(request.url).pathname, method: request.method, authorization });
      bodies.push(await request.text());
      return answer();
    },
  });
  const args = ["--data-dir", directory.path, "--listen", `127.0.0.1:${server.port}`];
  return {
    args,
    seen,
    bodies,
    directory,
    [Symbol.asyncDispose]: async () => {
      await server.stop(true);
      await directory[Symbol.asyncDispose]();
    },
  };
}

const asked = [
  { path: "/api/v1/pairing", method: "POST", authorization: "Bearer a-token-of-enough-length" },
];

test("the host's code is printed with what to run", async () => {
  await using host = await setUp(() => Response.json(made));
  const terminal = new TestTerminal();
  expect(await runPair(host.args, terminal)).toBe(0);
  expect(terminal.stdout).toContain(made.code);
  expect(terminal.stdout).toContain(made.command);
  expect(host.seen).toEqual(asked);
});

test("with --json it is the host's answer, on one line", async () => {
  await using host = await setUp(() => Response.json(made));
  const terminal = new TestTerminal();
  expect(await runPair([...host.args, "--json"], terminal)).toBe(0);
  expect(JSON.parse(terminal.stdout)).toEqual(made);
});

test("over TLS the token goes to the certificate of the data directory", async () => {
  await using host = await setUp(() => Response.json(made), { tls: true });
  const terminal = new TestTerminal();
  expect(await runPair([...host.args, "--tls"], terminal)).toBe(0);
  expect(host.seen).toEqual(asked);
});

test("over TLS another certificate gets no token", async () => {
  await using host = await setUp(() => Response.json(made), { tls: true });
  await using other = await setUp(() => Response.json(made));
  const args = [...host.args, "--tls", "--data-dir", other.directory.path];
  await expect(runPair(args, new TestTerminal())).rejects.toMatchObject({
    code: "host_unreachable",
  });
  expect(host.seen).toEqual([]);
});

test("what the host says against it is passed on", async () => {
  const problem = { error: "Cannot pair: the native path is off", code: "native_off" };
  await using host = await setUp(() => Response.json(problem, { status: 503 }));
  await expect(runPair(host.args, new TestTerminal())).rejects.toThrow(problem.error);
});

test("something else that listens there is distinguished from a host", async () => {
  await using host = await setUp(() => new Response("<html>"));
  await expect(runPair(host.args, new TestTerminal())).rejects.toThrow("is not an onglass host");
});

test("without a token it says where one would be", async () => {
  await using directory = await tempDirectory();
  const args = ["--data-dir", directory.path];
  await expect(runPair(args, new TestTerminal())).rejects.toMatchObject({ code: "no_token" });
});

test("a PIN goes to the host, with the player it is for where one is named", async () => {
  await using host = await setUp(() => new Response(null, { status: 202 }));
  const terminal = new TestTerminal();
  expect(await runPair([...host.args, "--pin", "0123"], terminal)).toBe(0);
  expect(terminal.stdout).toContain("PIN sent");
  const named = ["--pin=98765432", "--uniqueid", "0123456789ABCDEF", "--json"];
  expect(await runPair([...named, ...host.args], terminal)).toBe(0);
  expect(terminal.stdout.trimEnd().split("\n").at(-1)).toBe(
    '{"handed_over":true,"outcome":"unfinished"}',
  );
  expect(await runPair([...host.args, "--pin=4711", "--id=12"], terminal)).toBe(0);
  const call = { path: "/api/v1/pairing/pin", method: "POST" };
  expect(host.seen).toMatchObject([call, call, call]);
  expect(host.bodies.map((body) => JSON.parse(body))).toEqual([
    { pin: "0123" },
    { pin: "98765432", uniqueid: "0123456789ABCDEF" },
    { pin: "4711", id: 12 },
  ]);
});

test("a wrong PIN ends with 1 and says to try again, a right one with 0", async () => {
  const outcomes = ["wrong_pin", "paired"];
  await using host = await setUp(() =>
    Response.json({ outcome: outcomes.shift() }, { status: 202 }),
  );
  const terminal = new TestTerminal();
  expect(await runPair([...host.args, "--pin", "1111", "--name", "Television"], terminal)).toBe(1);
  expect(terminal.stderr).toContain("Try again");
  expect(await runPair([...host.args, "--pin", "2222"], terminal)).toBe(0);
  expect(terminal.stdout).toContain("The player is paired");
  expect(JSON.parse(host.bodies[0] ?? "")).toEqual({ pin: "1111", name: "Television" });
});

test("a PIN that nobody waits for is refused in the words of the host, once", async () => {
  const problem = { error: "Cannot use the PIN: no such player waits for one", code: "not_found" };
  await using host = await setUp(() => Response.json(problem, { status: 404 }));
  await expect(runPair([...host.args, "--pin", "1234"], new TestTerminal())).rejects.toMatchObject({
    code: "host_refused",
    message: problem.error,
  });
});

test("what no PIN can be, and an id without one, never reach the host", async () => {
  await using host = await setUp(() => new Response(null, { status: 202 }));
  const wrong = ["123", "123456789", "12a4", ""].map((pin) => ["--pin", pin]);
  for (const args of [
    ...wrong,
    ["--uniqueid", "0123456789ABCDEF"],
    ["--id=1"],
    ["--pin=1234", "--id=x"],
  ]) {
    await expect(runPair([...host.args, ...args], new TestTerminal())).rejects.toMatchObject({
      code: "usage",
    });
  }
  expect(host.seen).toEqual([]);
});
