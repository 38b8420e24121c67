/**
 * Where what people drag across comes from: from a script of its own, so that charts are drawn before
 * it is read. A file that asks for nothing has it in itself.
 */
import type { DragLayer, DragView } from "./drag-layer.ts";

export type { DragLayer } from "./drag-layer.ts";

type Layers = { readonly layDragLayer: (view: DragView) => DragLayer };

let load = async (): Promise<Layers> => {
  const address = document.querySelector<HTMLLinkElement>("#drag-script")?.href ?? "";
  // Its only export.
  return (await import(address)) as Layers;
};

/** For a page that has it already. */
export function carryDragLayer(layers: Layers): void {
  load = () => Promise.resolve(layers);
}

export function loadDragLayer(): Promise<Layers> {
  return load();
}
