/** How a command knows that it talks to the right host: a certificate that it must show, or a key. */
import { timingSafeEqual, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { consoleCertificatePath } from "../base/console-certificate.ts";
import { Failure } from "../base/failure.ts";
import { fingerprintOf, keyPinOf, readHostIdentity } from "../base/identity.ts";
import { tls } from "../base/late-builtins.ts";
import { readFileIfAny } from "../base/read-file.ts";
import { timers } from "../base/scheduler.ts";

const probeMsMax = 10_000;

/** What the runtime's client takes, and for messages where it is from. */
export type TlsTrust = {
  readonly ca?: string;
  /** The file of `ca`, where any certificate that it vouches for will do. */
  readonly authorityPath?: string;
  readonly checkServerIdentity?: (
    name: string,
    peer: { readonly raw: Uint8Array },
  ) => Error | undefined;
};

/** What a pin looks like, for messages. */
export const pinForm = "it takes sha256// and 32 bytes in base64";

/** Whether a text can be the pin of any key; one that cannot would only be noticed by a refusal. */
export function isPin(text: string): boolean {
  return /^sha256\/\/[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(text);
}

/** The host of this data directory, by the very certificate that its console shows. */
export async function trustOwnHost(dataDirectory: string): Promise<TlsTrust> {
  // An earlier version showed the certificate that players know.
  const shown =
    (await readFileIfAny(consoleCertificatePath(dataDirectory))) ??
    (await readHostIdentity(dataDirectory))?.certificatePem;
  if (shown === undefined) {
    const reason = `"${dataDirectory}" holds no certificate to know it by`;
    throw new Failure("no_certificate", `Cannot ask the host: ${reason}`);
  }
  return trustOnly(shown, "its certificate is not the one in the data directory");
}

/** Certificates of a file, and the name or address in the URL. @throws Failure `hosts_file` */
export async function trustAuthority(path: string): Promise<TlsTrust> {
  const ca = await readFileIfAny(path);
  if (ca !== undefined && holdsCertificates(ca)) return { ca, authorityPath: path };
  const reason = ca === undefined ? "it is missing" : "it holds no certificates in PEM form";
  throw new Failure("hosts_file", `Cannot use "${path}": ${reason}`);
}

function holdsCertificates(text: string): boolean {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return blocks.length > 0 && blocks.every(isCertificate);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/**
 * The key with this pin, whatever certificate it is in: it survives each renewal. The certificate is
 * looked at before anything is sent, and the connection that sends is held to the same.
 * @throws Failure `host_unreachable`, or `host_changed` for another key
 */
export async function trustPin(url: URL, pin: string): Promise<TlsTrust> {
  const { raw } = await shownBy(url);
  const seen = keyPinOf(raw);
  if (!isSame(seen, pin)) {
    const text = `Cannot ask "${url.host}": its key is ${seen}, and not the one that is pinned`;
    throw new Failure("host_changed", text);
  }
  return trustOnly(new X509Certificate(raw).toString(), "it showed another certificate");
}

/** What to pin, for a person whose host showed a certificate that nobody vouches for. */
export async function seenPin(url: URL): Promise<string | undefined> {
  return await shownBy(url).then(
    ({ raw }) => keyPinOf(raw),
    () => undefined,
  );
}

/** The check runs only where the certificate is trusted: without `ca` the runtime would skip it. */
function trustOnly(certificatePem: string, refusal: string): TlsTrust {
  const fingerprint = fingerprintOf(new X509Certificate(certificatePem).raw);
  return {
    ca: certificatePem,
    checkServerIdentity: (_name, { raw }) =>
      fingerprintOf(raw) === fingerprint ? undefined : new Error(refusal),
  };
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The certificate that a host shows. Nothing is sent to it. */
function shownBy(url: URL): Promise<{ readonly raw: Uint8Array }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly raw: Uint8Array }>();
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const socket = tls().connect({ host, port: Number(url.port || 443), rejectUnauthorized: false });
  const cancel = timers.after(probeMsMax, () => socket.destroy(new Error("it does not answer")));
  socket.once("secureConnect", () => resolve(socket.getPeerCertificate()));
  socket.once("error", (cause) => {
    const text = `Cannot reach the host at "${url.origin}": ${cause.message}`;
    reject(new Failure("host_unreachable", text, { cause }));
  });
  return promise.finally(() => {
    cancel();
    socket.destroy();
  });
}

/** Where the token of a data directory is. */
export function ownTokenPath(dataDirectory: string): string {
  return join(dataDirectory, "token");
}
