/** How commands talk to the running host: over its API, with the token of the data directory. */

import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { consoleCertificatePath } from "../base/console-certificate.ts";
import { cutText } from "../base/cut-text.ts";
import { Failure } from "../base/failure.ts";
import { fingerprintOf, readHostIdentity } from "../base/identity.ts";
import { readFileIfAny } from "../base/read-file.ts";
import { abortAfter } from "../base/timer.ts";
import type { Config } from "../config.ts";
import { Problem } from "../model/problem.ts";

const answerMsMaxDefault = 10_000;
const problemLengthMax = 65_536;

/** Calls the API of the host on this machine, with its token. */
export type HostCall = {
  readonly method: "GET" | "POST" | "DELETE";
  /** Behind `/api/v1`. */
  readonly path: string;
  /** JSON text. */
  readonly body?: string;
  readonly answerMsMax?: number;
};

/**
 * The host's answer, whatever its status.
 * @throws Failure `no_token`, `no_certificate`, `host_unreachable`
 */
export async function askHost(config: Config, call: HostCall): Promise<Response> {
  const token = config.token ?? (await readFileIfAny(join(config.dataDirectory, "token")));
  if (token === undefined) {
    const reason = `"${config.dataDirectory}" holds no token and ONGLASS_TOKEN is not set`;
    throw new Failure("no_token", `Cannot ask the host: ${reason}`);
  }
  const url = `${config.tls ? "https" : "http"}://${reachable(config.listen)}/api/v1${call.path}`;
  const request = requestOf(call, token.trim());
  const tls = config.tls ? await trustHost(config) : undefined;
  try {
    return await fetch(url, tls === undefined ? request : { ...request, tls });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `Cannot reach the host at "${url}": ${reason}; is "onglass serve" running?`;
    throw new Failure("host_unreachable", message, { cause });
  }
}

/** What the host has against it, in its own words; @throws Failure `host_refused` always */
export async function refusedBy(response: Response, what: string): Promise<never> {
  const text = cutText(await response.text(), problemLengthMax);
  const problem = parseJson(text);
  const reason = Value.Check(Problem, problem)
    ? problem.error
    : `it answered ${response.status}, and is not an onglass host`;
  throw new Failure("host_refused", `Cannot ${what}: ${reason}`);
}

function requestOf({ method, body, answerMsMax }: HostCall, token: string) {
  const headers = new Headers({ authorization: `Bearer ${token}` });
  if (body !== undefined) headers.set("content-type", "application/json");
  return {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    redirect: "error" as const,
    signal: abortAfter(answerMsMax ?? answerMsMaxDefault),
  };
}

/** The token goes to this very certificate and to nobody else. */
async function trustHost(config: Config) {
  const identity = await readHostIdentity(config.dataDirectory);
  if (identity === undefined) {
    const reason = `"${config.dataDirectory}" holds no certificate to know it by`;
    throw new Failure("no_certificate", `Cannot ask the host: ${reason}`);
  }
  // What the console shows; a host of before showed the certificate that players know.
  const shown = await readFileIfAny(consoleCertificatePath(config.dataDirectory));
  const certificate = shown ?? identity.certificatePem;
  const fingerprint = fingerprintOf(new X509Certificate(certificate).raw);
  return {
    ca: certificate,
    checkServerIdentity: (_name: string, peer: { raw: Uint8Array }) =>
      fingerprintOf(peer.raw) === fingerprint
        ? undefined
        : new Error("its certificate is not the one in the data directory"),
  };
}

/** Where a host that listens on every address is reached from its own machine. */
function reachable({ host, port }: Config["listen"]): string {
  if (host === "0.0.0.0") return `127.0.0.1:${port}`;
  if (host === "::") return `[::1]:${port}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
