/** Other hosts that this one shows, as they answer now. */
import type { HostStatus } from "../model/status.ts";

/** Why nothing is known of a host: a kind, for each language to say. */
export type FleetFault =
  /** Nothing listens there, or it did not answer within the time. */
  | "silent"
  /** Its key or certificate is not the one that is known. */
  | "untrusted"
  /** It does not take the token. */
  | "refused"
  /** What it answered is not that of a host, or too large. */
  | "strange"
  /** `hosts.toml` does not say how to ask it. */
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
  /** All of them at once, within five seconds; what was asked a moment ago is not asked again. */
  look(): Promise<readonly FleetHost[]>;
};
