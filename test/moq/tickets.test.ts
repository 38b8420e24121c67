import { expect, test } from "bun:test";
import { Tickets, ticketAgeSeconds, ticketCountMax } from "../../src/moq/tickets.ts";
import { ManualClock } from "../support/manual-clock.ts";

const redeem = (tickets: Tickets, ticket: string) => tickets.redeem(ticket) !== undefined;

test("a ticket opens once", () => {
  const tickets = new Tickets(new ManualClock());
  const ticket = tickets.issue();
  expect(ticket).toMatch(/^[\w-]{32}$/);
  expect([redeem(tickets, ticket), redeem(tickets, ticket)]).toEqual([true, false]);
});

test("a ticket is good for thirty seconds", () => {
  const clock = new ManualClock();
  const tickets = new Tickets(clock);
  const [used, late] = [tickets.issue(), tickets.issue()];
  clock.advanceMs(ticketAgeSeconds * 1000 - 1);
  expect(redeem(tickets, used)).toBe(true);
  clock.advanceMs(1);
  expect(redeem(tickets, late)).toBe(false);
});

test("what was never issued does not open", () => {
  const tickets = new Tickets(new ManualClock());
  tickets.issue();
  for (const text of ["", "x", "x".repeat(65), "x".repeat(1e6)]) {
    expect(redeem(tickets, text)).toBe(false);
  }
});

test("256 tickets wait at most", () => {
  const clock = new ManualClock();
  const tickets = new Tickets(clock);
  for (let count = 0; count < ticketCountMax; count += 1) tickets.issue();
  expect(() => tickets.issue()).toThrow("Cannot issue a ticket: 256 wait to be used");
  clock.advanceMs(ticketAgeSeconds * 1000);
  expect(redeem(tickets, tickets.issue())).toBe(true);
});
