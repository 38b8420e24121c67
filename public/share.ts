/**
 * The script of a shared file: the console's charts, answered from the file itself. There is no host
 * and no network; what a chart would ask for is worked out here by the host's own code.
 */
import "./share-answers.ts";
import "./charts.ts";
