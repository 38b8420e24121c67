/** Other hosts shown by this one, with their current answers. */
import type { HostStatus } from "../model/status.ts";

/** Why nothing is known about a host: a kind, with a text in each language. */
export type FleetFault =
  /** Nothing listens there, or it did not answer in time. */
  | "silent"
  /** Its key or certificate is not the known one. */
  | "untrusted"
  /** It rejects the token. */
  | "refused"
  /** Its answer is not that of a host, or too large. */
  | "strange"
  /** `hosts.toml` does not define how to reach it. */
  | "unknown";

/** One other host. */
export type FleetHost = { readonly name: string } & (
  | {
      readonly kind: "answered";
      /** Of its console. */
      readonly url: string;
      readonly status: HostStatus;
    }
  | { readonly kind: "fault"; readonly fault: FleetFault; readonly url?: string | undefined }
);

/** The hosts that the settings name, in their order. */
export type Fleet = {
  readonly names: readonly string[];
  /** All of them at once, within five seconds; recent answers are reused. */
  look(): Promise<readonly FleetHost[]>;
};
