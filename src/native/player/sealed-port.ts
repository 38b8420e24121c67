/**
 * Per frame: a player's UDP socket. Returns only datagrams sealed by its host, and seals the
 * answers.
 */
import { UdpPort } from "../../session/udp.ts";
import type { Opened } from "../wire/messages.ts";
import { packetBytesMax } from "../wire/packet.ts";
import { Opener, Sealer } from "../wire/seal.ts";

/** Authentic, but perhaps a repeat. */
export type OnOpened = (plain: Uint8Array, sequence: number, byteCount: number) => void;

/** The host's address. */
type Destination = { readonly address: string; readonly port: number };

/** Opened once; closed by its owner. */
export class SealedPort {
  readonly #opener: Opener;
  readonly #sealer: Sealer;
  readonly #datagram = new Uint8Array(packetBytesMax);
  readonly #to: Destination;
  readonly #onOpened: OnOpened;
  #udp: UdpPort | undefined;

  constructor(opened: Opened, to: Destination, onOpened: OnOpened) {
    const { tag } = opened;
    this.#opener = new Opener({ key: Buffer.from(opened.key_to_player, "base64url"), tag });
    this.#sealer = new Sealer({ key: Buffer.from(opened.key_to_host, "base64url"), tag });
    this.#to = to;
    this.#onOpened = onOpened;
  }

  /** Any free port. @throws Failure `port_taken` */
  async open(): Promise<void> {
    const address = this.#to.address.includes(":") ? "::" : "0.0.0.0";
    this.#udp = await UdpPort.open(
      { address, port: 0 },
      { onDatagram: (datagram) => this.#receive(datagram) },
    );
  }

  /** What the kernel refuses counts as lost: the next one follows. */
  send(plain: Uint8Array): void {
    const byteCount = this.#sealer.seal(plain, this.#datagram);
    this.#udp?.send([this.#datagram.subarray(0, byteCount)], 0, this.#to);
  }

  close(): void {
    this.#udp?.close();
  }

  /** From anyone. */
  #receive(datagram: Uint8Array): void {
    const sequence = this.#opener.readSequence(datagram);
    if (sequence === undefined) return;
    const plain = this.#opener.open(datagram);
    if (plain !== undefined) this.#onOpened(plain, sequence, datagram.length);
  }
}
