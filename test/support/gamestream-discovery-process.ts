/**
 * A host that announces itself in the network namespace that this runs in, and somebody who asks
 * for it. Prints what the answer holds as one line of JSON.
 */

import { startTestHost } from "./gamestream-client/host.ts";
import { until } from "./until.ts";

const serviceType = 33;
const addressType = 1;

type DnsRecord = { readonly name: string; readonly type: number; readonly data: Buffer };

function question(): Buffer {
  const labels = ["_nvstream", "_tcp", "local"].map((label) =>
    Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]),
  );
  const head = Buffer.from([0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([head, ...labels, Buffer.from([0, 0, 12, 0, 1])]);
}

/** The question and one more: its label grows when it is repeated, so that no answer can hold it. */
function hostileQuestion(): Buffer {
  const label = Buffer.concat([Buffer.alloc(40, 0xff), Buffer.from("\n\u001b[31m{evil}")]);
  const hostile = [Buffer.from([label.length]), label, Buffer.from([0, 0, 12, 0, 1])];
  const bytes = Buffer.concat([question(), ...hostile]);
  bytes.writeUInt16BE(2, 4);
  return bytes;
}

function readName(bytes: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let end = 0;
  for (let at = start; ; ) {
    const length = bytes.readUInt8(at);
    if (length >= 0xc0) {
      end ||= at + 2;
      at = bytes.readUInt16BE(at) & 0x3fff;
    } else if (length === 0) {
      return { name: labels.join("."), end: end || at + 1 };
    } else {
      labels.push(bytes.toString("utf8", at + 1, at + 1 + length));
      at += 1 + length;
    }
  }
}

function readRecords(bytes: Buffer): DnsRecord[] {
  let at = 12;
  for (let count = bytes.readUInt16BE(4); count > 0; count--) at = readName(bytes, at).end + 4;
  const records: DnsRecord[] = [];
  const total = bytes.readUInt16BE(6) + bytes.readUInt16BE(8) + bytes.readUInt16BE(10);
  while (records.length < total) {
    const { name, end } = readName(bytes, at);
    const length = bytes.readUInt16BE(end + 8);
    const data = bytes.subarray(end + 10, end + 10 + length);
    records.push({ name, type: bytes.readUInt16BE(end), data });
    at = end + 10 + length;
  }
  return records;
}

const answers: DnsRecord[] = [];
await using host = await startTestHost({ isAnnounced: true, listenHost: "0.0.0.0", name: "den" });
const socket = await Bun.udpSocket({
  hostname: "0.0.0.0",
  socket: { data: (_socket, bytes) => void answers.push(...readRecords(bytes)) },
});
const ask = (bytes: Buffer) => socket.send(bytes, 5353, "224.0.0.251");
const timer = setInterval(() => {
  ask(hostileQuestion());
  ask(question());
}, 200);
const has = (type: number) => answers.some((record) => record.type === type);
await until(() => has(serviceType) && has(addressType), {
  what: "service and address are reported",
});
clearInterval(timer);
socket.close();
const service = answers.find(({ type }) => type === serviceType);
const address = answers.find(({ type }) => type === addressType);
process.stdout.write(
  `${JSON.stringify({
    name: service?.name,
    port: service?.data.readUInt16BE(4),
    base: host.basePort,
    addressName: address?.name,
    address: [...(address?.data ?? [])].join("."),
  })}\n`,
);
