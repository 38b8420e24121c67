/** Prints what it was given, then ends with code 7, or with 4 on SIGTERM when asked to wait. */
const [order = ""] = process.argv.slice(2);
process.on("SIGTERM", () => process.exit(4));
process.stdout.write(`${JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() })}\n`);
if (order === "wait") setInterval(() => undefined, 1000);
else process.exitCode = 7;
