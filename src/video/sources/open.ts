/** From a source's name to the source. */
import { unreachable } from "../../base/assert.ts";
import { Failure } from "../../base/failure.ts";
import { readSourceName, sourceForms } from "../../model/source.ts";
import { openAutoSource } from "./auto.ts";
import { openColorSource } from "./color.ts";
import { openFileSource } from "./file.ts";
import { openGnomeSource } from "./gnome.ts";
import { openKdeSource } from "./kde.ts";
import { openKmsSource } from "./kms.ts";
import { openPipewireSource } from "./pipewire.ts";
import { openPortalSource } from "./portal.ts";
import { openSessionSource } from "./session.ts";
import type { Source, SourceHost, SourceMode } from "./source.ts";
import { openTestSource } from "./testsrc.ts";
import { openVirtualSource } from "./virtual.ts";
import { openWaylandSource } from "./wayland.ts";
import { openScreenSource } from "./x11.ts";

/** For tests: no consent, no stored permissions of a desktop. */
const alone: SourceHost = { onQuestion: () => undefined, isCancelled: () => false };

/**
 * Blocks this thread until the source has answered.
 *
 * @throws Failure `unknown_source` for any other name, `source_unavailable` with what was in the way
 */
export function openSource(name: string, mode: SourceMode, host = alone): Source {
  const source = readSourceName(name);
  switch (source?.kind) {
    case "auto":
      return openAutoSource(openSource, mode, host);
    case "kde":
      return openKdeSource(source.output, mode);
    case "kms":
      return openKmsSource(source.card, mode);
    case "testsrc":
      return openTestSource(mode);
    case "x11":
      return openScreenSource(source.display, mode);
    case "wayland":
      return openWaylandSource(source.place, mode);
    case "pipewire":
      return openPipewireSource(source.object, mode);
    case "gnome":
      return openGnomeSource(source.connector, mode);
    case "portal":
      return openPortalSource(source.isInputWanted, mode, host);
    case "session":
      return openSessionSource(source.command, mode, host);
    case "virtual":
      return openVirtualSource(mode, host);
    case "file":
      return openFileSource(source.path, mode);
    case "color":
      return openColorSource(source.rgb, mode);
    case undefined: {
      const message = `Cannot open source "${name}": it takes ${sourceForms}`;
      throw new Failure("unknown_source", message);
    }
    default:
      return unreachable(source);
  }
}
