/** The host itself. */
import type { DoctorFinding } from "../model/doctor.ts";
import type { LogPage } from "../model/log-line.ts";
import type { SourceList } from "../model/source-list.ts";
import type { SourceState } from "../model/source-state.ts";
import type { HostStatus } from "../model/status.ts";

/** The host's status. */
export type HostFacts = {
  status(): HostStatus | Promise<HostStatus>;
  /** Reports of streams about their sources. */
  sourceState(): SourceState;
  /** This machine's current sources, in the order in which `auto` tries them. */
  sources(): Promise<SourceList>;
  /** The last lines of the log, after the one with this index. */
  log(after: number): LogPage;
  /** The prerequisites of a stream on this machine, examined now; takes seconds. */
  doctor(): Promise<readonly DoctorFinding[]>;
};
