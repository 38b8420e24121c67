/** An output of KDE, by KWin's own protocol, which needs no consent. */
import { messageOf } from "../../base/error-text.ts";
import { Failure } from "../../base/failure.ts";
import { findDisplay } from "../../wayland/display.ts";
import { KdeScreencast } from "../../wayland/kde-screencast.ts";
import { openReturningNode } from "./pipewire.ts";
import type { Source, SourceMode } from "./source.ts";

/**
 * @param output such as `DP-1`; empty for the first.
 * @throws Failure `source_unavailable` with the reason.
 */
export function openKdeSource(output: string, mode: SourceMode): Source {
  const name = `kde:${output}`;
  return openReturningNode(name, mode, () => {
    const cast = openCast(name, output);
    return {
      openInputTarget: (size) => ({
        ...{ kind: "wayland", path: cast.path, output: cast.output, size },
      }),
      target: { kind: "id", id: cast.node },
      mode,
      faultOf: () => cast.fault(),
      onClose: () => cast[Symbol.dispose](),
    };
  });
}

function openCast(name: string, output: string): KdeScreencast {
  try {
    return new KdeScreencast(findDisplay("").path, output === "" ? undefined : output);
  } catch (cause) {
    const reason = messageOf(cause);
    throw new Failure("source_unavailable", `Cannot open "${name}": ${reason}`, { cause });
  }
}
