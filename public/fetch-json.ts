/** Answers of this host, complete or not at all: a body may break off like a connection. */

/** The answer has the shape of the operation. @returns `undefined` on failure */
export async function fetchJson<T>(address: string, init?: RequestInit): Promise<T | undefined> {
  const answer = await fetch(address, init).catch(() => undefined);
  if (!answer?.ok) return undefined;
  return (await answer.json().catch(() => undefined)) as T | undefined;
}
