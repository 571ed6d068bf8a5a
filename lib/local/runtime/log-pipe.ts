/**
 * Goes on without a log: what a program writes goes into a pipe of the supervisor's, and when that is killed, the next
 * line would end the program too. Clients are served until the next `up` looks after everything again.
 */
export function outliveLog(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}
