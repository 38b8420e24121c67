/** The host itself. */
import type { HostStatus } from "../model/status.ts";

/** What the host says of itself. */
export type HostFacts = { status(): HostStatus | Promise<HostStatus> };
