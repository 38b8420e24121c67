/**
 * A self-signed certificate for TLS, RSA and SHA-256, written octet by octet in DER: its shape is
 * always the same (RFC 5280, section 4.1), where packages for any shape bring half a megabyte of
 * code. Keys and signatures are the runtime's, and certificates are never read here.
 */
import { createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";
import { ipVersionOf } from "./ip-address.ts";

/** Parameters of a self-signed certificate. */
export type CertificateFacts = {
  /** Common name, and with dashes for blanks the DNS name; ASCII. */
  readonly name: string;
  /** To the second. */
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** DNS names (ASCII) and addresses that it is valid for; without, only the common name. */
  readonly names?: readonly string[];
};

/** @param keyPem an RSA private key; it signs, and its public half is what is certified */
export function selfSign(keyPem: string, facts: CertificateFacts): string {
  const key = createPrivateKey(keyPem);
  const name = sequence(set(sequence(oid.commonName, tlv(tag.utf8, Buffer.from(facts.name)))));
  const body = sequence(
    tlv(tag.version, integer(Buffer.from([2]))),
    integer(serialNumber()),
    sha256WithRsa,
    name,
    sequence(time(facts.notBefore), time(facts.notAfter)),
    name,
    createPublicKey(keyPem).export({ type: "spki", format: "der" }),
    tlv(tag.extensions, extensions(facts.names ?? [facts.name.replaceAll(" ", "-")])),
  );
  const certificate = sequence(body, sha256WithRsa, bits(sign("sha256", body, key)));
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

const tag = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  null: 0x05,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  dnsName: 0x82,
  ipAddress: 0x87,
  version: 0xa0,
  extensions: 0xa3,
} as const;

function tlv(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([type, ...lengthOctets(content.length)]), content]);
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  return [0x82, length >> 8, length & 0xff];
}

const sequence = (...parts: readonly Uint8Array[]) => tlv(tag.sequence, ...parts);
const set = (...parts: readonly Uint8Array[]) => tlv(tag.set, ...parts);
const integer = (octets: Uint8Array) => tlv(tag.integer, octets);
const bits = (octets: Uint8Array, unused = 0) => tlv(tag.bits, Buffer.from([unused]), octets);
const identifier = (hex: string) => Buffer.from(hex, "hex");

/** Tag and length included. */
const oid = {
  /** 2.5.4.3 */
  commonName: identifier("0603550403"),
  /** 1.2.840.113549.1.1.11 */
  sha256WithRsa: identifier("06092a864886f70d01010b"),
  /** 2.5.29.19, 15, 37 and 17 */
  basicConstraints: identifier("0603551d13"),
  keyUsage: identifier("0603551d0f"),
  extendedKeyUsage: identifier("0603551d25"),
  alternativeName: identifier("0603551d11"),
  /** 1.3.6.1.5.5.7.3.1 and 2 */
  serverAuthentication: identifier("06082b06010505070301"),
  clientAuthentication: identifier("06082b06010505070302"),
};

const sha256WithRsa = sequence(oid.sha256WithRsa, tlv(tag.null));
const critical = tlv(tag.boolean, Buffer.from([0xff]));

/** Not an authority; signs and agrees on keys; server and client; all names. */
function extensions(wanted: readonly string[]): Buffer {
  const usage = bits(Buffer.from([0b1010_0000]), 5);
  const purposes = sequence(oid.serverAuthentication, oid.clientAuthentication);
  const names = sequence(...wanted.map(generalName));
  return sequence(
    sequence(oid.basicConstraints, critical, tlv(tag.octets, sequence())),
    sequence(oid.keyUsage, critical, tlv(tag.octets, usage)),
    sequence(oid.extendedKeyUsage, tlv(tag.octets, purposes)),
    sequence(oid.alternativeName, tlv(tag.octets, names)),
  );
}

/** Section 4.2.1.6: an address in network order, a name in ASCII. */
function generalName(name: string): Buffer {
  const version = ipVersionOf(name);
  if (version === 0) return tlv(tag.dnsName, Buffer.from(name, "ascii"));
  return tlv(tag.ipAddress, version === 4 ? octetsOfIpv4(name) : octetsOfIpv6(name));
}

function octetsOfIpv4(address: string): Buffer {
  return Buffer.from(address.split(".").map(Number));
}

/** The URL parser expands a dotted part; the gap of `::` is filled with zeros. */
function octetsOfIpv6(address: string): Buffer {
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string) => text.split(":").filter((group) => group !== "");
  const [before, behind] = [groups(head), groups(tail ?? "")];
  const gap = Array.from({ length: 8 - before.length - behind.length }, () => "0");
  const all = [...before, ...gap, ...behind];
  return Buffer.from(all.map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** Positive, never zero and in its shortest form: the first octet is from 0x40 to 0x7f. */
function serialNumber(): Buffer {
  const octets = randomBytes(16);
  octets[0] = ((octets[0] ?? 0) & 0x3f) | 0x40;
  return octets;
}

/** Through 2049 with two digits for the year, from then on with four (section 4.1.2.5). */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replaceAll(/\D/g, "")}Z`;
  return date.getUTCFullYear() < 2050
    ? tlv(tag.utcTime, Buffer.from(digits.slice(2)))
    : tlv(tag.generalizedTime, Buffer.from(digits));
}
