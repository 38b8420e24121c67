/** A collector gets the form that it prefers, and text where it prefers none. */
import { expect, test } from "bun:test";
import { prefersMessages } from "../../src/telemetry/negotiate.ts";

const messages =
  "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

test.each([
  // Prometheus 2.42 with native histograms, and without.
  [
    `${messages},application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
    true,
  ],
  ["application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", false],
  // Prometheus 3, as its documentation orders scrape protocols.
  [
    `${messages};q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1`,
    true,
  ],
  [`${messages};q=0.1,text/plain;q=0.9`, false],
  [`${messages};q=0`, false],
  [`${messages};q=many`, false],
  ["application/vnd.google.protobuf", false],
  ["application/vnd.google.protobuf;proto=another;encoding=delimited", false],
  [`${messages.replace("delimited", "text")}`, false],
  ["*/*", false],
  ["", false],
  [null, false],
  [`${messages}${",".repeat(3000)}`, false],
  [
    `APPLICATION/VND.google.protobuf; Proto="io.prometheus.client.MetricFamily"; encoding=delimited`,
    true,
  ],
])("%p", (accept, isPreferred) => {
  expect(prefersMessages(accept)).toBe(isPreferred);
});
