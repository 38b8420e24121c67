/**
 * Where an output lies among the others, in the coordinates that a desktop counts in: zxdg_output_v1.
 * They are not pixels where the output is scaled.
 */
import type { WaylandConnection } from "./connection.ts";
import type { FoundOutput } from "./screen.ts";

/** In the desktop's own coordinates. */
export type LogicalArea = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

const managerName = "zxdg_output_manager_v1";
const getOutput = 1;
const events = { position: 0, size: 1 };

/**
 * Follows the output from the next round trip on; without a description it is assumed to be at 0,
 * 0.
 */
export function followArea(connection: WaylandConnection, output: FoundOutput): () => LogicalArea {
  const area = { x: 0, y: 0, width: 0, height: 0 };
  const global = connection.globals.find((one) => one.interface === managerName);
  if (global !== undefined) {
    const manager = connection.bind(global, 2);
    const described = connection.makeObject((opcode, args) => {
      if (opcode === events.position) [area.x, area.y] = [args.int(), args.int()];
      else if (opcode === events.size) [area.width, area.height] = [args.int(), args.int()];
    });
    connection.send(manager.id, getOutput, [described, output.id]);
  }
  return () => (area.width > 0 && area.height > 0 ? area : { ...output, x: 0, y: 0 });
}
