/** Where the lines of a chart are inside its element: beside and below them there is room for labels. */

/** In pixels of the element. */
export type Field = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

export const fieldRoom = { left: 60, right: 22, top: 18, bottom: 19, lane: 26 };

export type FieldPlace = {
  readonly width: number;
  readonly height: number;
  /** Whether the links of marks lie above the lines. */
  readonly hasLane: boolean;
};

/** The field of an element. */
export function fieldOf({ width, height, hasLane }: FieldPlace): Field {
  const { left, right, bottom, lane } = fieldRoom;
  const top = fieldRoom.top + (hasLane ? lane : 0);
  const size = [width - left - right, height - top - bottom] as const;
  return { left, top, width: Math.max(1, size[0]), height: Math.max(1, size[1]) };
}
