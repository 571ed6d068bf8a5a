/** The gateway as a process: `gateway.cjs` starts it. */
import { parseArgs } from "node:util";
import { UserError } from "../../core/errors";
import { createGateway } from "./gateway-server";
import { TrafficFile } from "./gateway-traffic";
import { outliveLog } from "./log-pipe";

/** `gateway --port P --traffic-file FILE --slot blue=PORT --slot green=PORT [--timeout-ms N] [--max-body-bytes N]` */
export async function main(argv: readonly string[]): Promise<void> {
  outliveLog();
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: "string" },
      "traffic-file": { type: "string" },
      slot: { type: "string", multiple: true },
      "timeout-ms": { type: "string" },
      "max-body-bytes": { type: "string" },
    },
  });
  const slots = Object.fromEntries(
    (values.slot ?? []).map((pair) => {
      const [name = "", port = ""] = pair.split("=");
      return [name, wholeNumber(`--slot ${name}`, port)];
    }),
  );
  const file = values["traffic-file"];
  if (!file) throw new UserError({ message: "--traffic-file is missing" });
  const traffic = new TrafficFile(file, Object.keys(slots), (message) => console.error(message));
  const app = createGateway({
    slots,
    traffic,
    timeoutMs: values["timeout-ms"] === undefined ? undefined : wholeNumber("--timeout-ms", values["timeout-ms"]),
    maxBodyBytes:
      values["max-body-bytes"] === undefined ? undefined : wholeNumber("--max-body-bytes", values["max-body-bytes"]),
  });
  await app.listen({ host: "127.0.0.1", port: wholeNumber("--port", values.port ?? "") });
  traffic.watch();
  const close = () => {
    // What takes longer than a slot may take will not come any more.
    setTimeout(() => process.exit(1), 35_000).unref();
    void app.close().then(() => process.exit(0));
  };
  process.once("SIGTERM", close);
  process.once("SIGINT", close);
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isInteger(value) && value > 0) return value;
  throw new UserError({ message: `${name} is "${text}", wanted a whole number above 0` });
}
