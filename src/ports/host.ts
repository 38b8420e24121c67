/** The host itself. */
import type { DoctorFinding } from "../model/doctor.ts";
import type { LogPage } from "../model/log-line.ts";
import type { SourceList } from "../model/source-list.ts";
import type { SourceState } from "../model/source-state.ts";
import type { HostStatus } from "../model/status.ts";

/** What the host says of itself. */
export type HostFacts = {
  status(): HostStatus | Promise<HostStatus>;
  /** What streams have reported of their sources. */
  sourceState(): SourceState;
  /** What this machine has to stream now, in the order in which `auto` tries it. */
  sources(): Promise<SourceList>;
  /** The last lines of the log, from the one with this index on. */
  log(after: number): LogPage;
  /** What a stream needs and how it is here, looked at now; takes seconds. */
  doctor(): Promise<readonly DoctorFinding[]>;
};
