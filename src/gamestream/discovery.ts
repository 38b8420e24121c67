/** Announces the host in the local network, so that players find it without being told. */
import { getResponder } from "@homebridge/ciao";
import { warn } from "../base/log.ts";

export type Announcement = { withdraw(): Promise<void> };

/** Never fails: without it a host can still be added by its address. */
export async function announce(host: {
  readonly name: string;
  readonly port: number;
}): Promise<Announcement> {
  const responder = getResponder();
  const withdraw = () => responder.shutdown();
  try {
    const service = responder.createService({ name: host.name, type: "nvstream", port: host.port });
    await service.advertise();
  } catch (cause) {
    warn("gamestream host not announced", { cause });
  }
  return { withdraw };
}
