/** The first moments of a host: the console answers before the paths listen, and says nothing untrue. */
import { expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { PairingCode } from "../../src/model/player.ts";
import { HostStatus } from "../../src/model/status.ts";
import { hostCommand } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";

const token = "the-token-of-the-operator";
const timeMs = 60_000;

/** A host that has answered `/healthz` for the first time, with whatever it does next still to come. */
async function startUntilFirstAnswer(dataDirectory: string) {
  const port = freePort();
  const listen = ["--listen", `127.0.0.1:${port}`, "--native-listen", "127.0.0.1:0"];
  const flags = ["--data-dir", dataDirectory, ...listen, "--gamestream-port", "0"];
  const child = Bun.spawn([...hostCommand(), "serve", ...flags], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ONGLASS_TOKEN: token },
  });
  const ask = (path: string, method = "GET") =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
    });
  const answers = async () => (await ask("/healthz").catch(() => undefined))?.ok === true;
  await until(answers, { what: "it answers" });
  const close = async () => {
    child.kill("SIGKILL");
    await child.exited;
  };
  return { child, ask, [Symbol.asyncDispose]: close };
}

/** Chosen here: the host has to be asked before it says where it listens. The kernel gives nobody one of these. */
const freePort = () => 10_000 + Math.floor(Math.random() * 10_000);

test(
  "what is asked of the paths with the first answer is answered once they listen",
  async () => {
    await using directory = await tempDirectory();
    await using host = await startUntilFirstAnswer(directory.path);
    const asked = [
      host.ask("/api/v1/status"),
      host.ask("/api/v1/clients"),
      host.ask("/api/v1/pairing", "POST"),
      host.ask("/api/v1/sessions"),
    ] as const;
    const [status, clients, code, sessions] = await Promise.all(asked);
    const { native_port, gamestream } = Value.Decode(HostStatus, await status.json());
    expect(native_port).toBeGreaterThan(0);
    expect(gamestream).toMatchObject({ listening: false, reason: "it is switched off" });
    expect(await clients.json()).toEqual([]);
    expect(Value.Decode(PairingCode, await code.json()).command).toContain(
      `:${native_port} --pair `,
    );
    expect(await sessions.json()).toEqual([]);
  },
  timeMs,
);

test(
  "a host that is stopped at its first answer ends well",
  async () => {
    await using directory = await tempDirectory();
    await using host = await startUntilFirstAnswer(directory.path);
    host.child.kill("SIGTERM");
    expect(await host.child.exited).toBe(0);
    expect(host.child.signalCode).toBeNull();
  },
  timeMs,
);
