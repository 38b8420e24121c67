/**
 * What people drag across to see a part of a chart closely: ApexCharts, laid over the field. It draws
 * nothing but what is dragged: the field, its grid and its lines lie below.
 */
import ApexCharts from "apexcharts";
import { fieldRoom } from "./field.ts";

export type DragView = {
  /** The element of the chart. */
  readonly plot: HTMLElement;
  readonly height: number;
  readonly hasLane: boolean;
  /** From where to where, as shares of the field's width. */
  dragged(from: number, to: number): void;
};

export type DragLayer = { remove(): void };

/** Where its axis ends: it knows no times. */
const axisEnd = 1e6;
/** What ApexCharts leaves free by itself. */
const own = { left: 10, right: 0, top: 30, bottom: 15 };

export function layDragLayer(view: DragView): DragLayer {
  const layer = document.createElement("div");
  layer.className = "drag-layer";
  view.plot.append(layer);
  const chart = new ApexCharts(layer, optionsOf(view));
  void chart.render();
  return {
    remove: () => {
      chart.destroy();
      layer.remove();
    },
  };
}

function optionsOf({ height, hasLane, dragged }: DragView) {
  const { left, right, top, bottom, lane } = fieldRoom;
  const padding = {
    left: left - own.left,
    right: right - own.right,
    top: top - own.top + (hasLane ? lane : 0),
    bottom: bottom - own.bottom,
  };
  return {
    // It lays nothing out without a series.
    series: [{ name: "", data: [0, axisEnd].map((place) => [place, null]) }],
    chart: {
      type: "line",
      height,
      width: "100%",
      parentHeightOffset: 0,
      animations: { enabled: false },
      toolbar: { show: false },
      zoom: { enabled: true, type: "x", allowMouseWheelZoom: false },
      background: "transparent",
      nonce: document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce,
      // The element that holds all charts lays it again.
      redrawOnParentResize: false,
      redrawOnWindowResize: false,
      events: {
        beforeZoom: (_chart: unknown, { xaxis }: { xaxis: { min: number; max: number } }) => {
          dragged(xaxis.min / axisEnd, xaxis.max / axisEnd);
          // It stays as it is: what lies below is drawn closer.
          return { xaxis: { min: 0, max: axisEnd } };
        },
      },
    },
    stroke: { width: 0 },
    markers: { size: 0, strokeWidth: 0 },
    dataLabels: { enabled: false },
    legend: { show: false },
    tooltip: { enabled: false },
    grid: { borderColor: "transparent", padding },
    xaxis: timeAxis,
    yaxis: { min: 0, max: 1, tickAmount: 1, labels: { show: false }, crosshairs: { show: false } },
  };
}

const timeAxis = {
  type: "numeric",
  min: 0,
  max: axisEnd,
  labels: { show: false },
  // Labels are measured even where they are not shown, an eighth of what it costs: none are left.
  overwriteCategories: [],
  axisTicks: { show: false },
  axisBorder: { show: false },
  crosshairs: { show: false },
  tooltip: { enabled: false },
};
