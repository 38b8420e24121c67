/** The host itself. */
import type { HostStatus } from "../model/status.ts";

export type HostFacts = { status(): HostStatus | Promise<HostStatus> };
