/**
 * The script of a shared file: the console's charts, answered from the file itself. There is no
 * host and no network; the host's own code computes here what a chart would request.
 */
import "./share-answers.ts";
import "./charts.ts";
import { layDragLayer } from "./drag-layer.ts";
import { carryDragLayer } from "./drag-source.ts";

carryDragLayer({ layDragLayer });
