// Takes a lock. With a counter file: reads it, waits, writes one more. Without: says `held` and waits for the end of input.
const fs = require("node:fs");
const path = require("node:path");
const { createJiti } = require("jiti");

const [file, wait, command, counter] = process.argv.slice(2);
const { withLock } = createJiti(__filename)(path.join(__dirname, "..", "..", "cli", "lock.ts"));

async function work() {
  process.stdout.write("held\n");
  if (counter) {
    const count = Number(fs.readFileSync(counter, "utf8"));
    await new Promise((resolve) => setTimeout(resolve, 40));
    fs.writeFileSync(counter, String(count + 1));
  } else {
    process.stdin.resume();
    await new Promise((resolve) => process.stdin.once("end", resolve));
  }
}

const say = (line) => process.stderr.write(`${line}\n`);
withLock({ file, what: "environment local", command, waitSeconds: Number(wait), say }, work).then(
  () => process.exit(0),
  (error) => {
    say(error.message);
    process.exit(1);
  },
);
