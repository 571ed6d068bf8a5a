/** A client for supervisor's XML-RPC interface over its unix socket (http://supervisord.org/api.html). */
import http from "node:http";

/** What an XML-RPC value is in JavaScript. */
export type RpcValue = string | number | boolean | null | readonly RpcValue[] | { readonly [name: string]: RpcValue };

/** An answer that says no, by supervisor's own number. */
export class RpcFault extends Error {
  constructor(
    readonly code: number,
    readonly text: string,
  ) {
    super(text);
    this.name = "RpcFault";
  }
}

/** Numbers of supervisor's faults that mean "it is so already". */
export const FAULT = { badName: 10, alreadyStarted: 60, notRunning: 70, alreadyAdded: 90, stillRunning: 91 } as const;

/** Calls a method. @param timeoutMs 5 s unless told. @throws RpcFault, or a system error when nobody listens. */
export async function call(
  socketPath: string,
  method: string,
  parameters: readonly RpcValue[] = [],
  timeoutMs = 5_000,
): Promise<RpcValue> {
  const { XMLBuilder } = await import("fast-xml-parser");
  const params = { param: parameters.map((value) => ({ value: toXml(value) })) };
  const body = new XMLBuilder({}).build({ methodCall: { methodName: method, params } });
  return parseResponse(await post(socketPath, `<?xml version="1.0"?>${body}`, timeoutMs));
}

function post(socketPath: string, body: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "text/xml", "content-length": Buffer.byteLength(body) };
    const request = http.request(
      // A connection of its own: one that is kept may be to a supervisor that has ended meanwhile.
      { socketPath, path: "/RPC2", method: "POST", headers, timeout: timeoutMs, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`supervisor answered ${response.statusCode}: ${text.slice(0, 200)}`));
        });
      },
    );
    request.on("timeout", () => request.destroy(new Error(`supervisor did not answer within ${timeoutMs} ms`)));
    request.on("error", reject);
    request.end(body);
  });
}

function toXml(value: RpcValue): Record<string, unknown> {
  if (typeof value === "boolean") return { boolean: value ? 1 : 0 };
  if (typeof value === "number") return { int: value };
  if (Array.isArray(value)) return { array: { data: { value: value.map(toXml) } } };
  return { string: String(value) };
}

/** Reads a methodResponse. @throws RpcFault when it holds a fault. */
export async function parseResponse(xml: string): Promise<RpcValue> {
  const { XMLParser } = await import("fast-xml-parser");
  const parser = new XMLParser({
    parseTagValue: false,
    trimValues: false,
    // Always lists, so that one element and many are read by the same code.
    isArray: (name) => name === "value" || name === "member" || name === "param",
  });
  const { methodResponse } = parser.parse(xml) as { methodResponse?: XmlResponse };
  const fault = methodResponse?.fault?.value[0];
  if (fault !== undefined) {
    const { faultCode, faultString } = fromXml(fault) as { faultCode: number; faultString: string };
    throw new RpcFault(faultCode, faultString);
  }
  const value = methodResponse?.params?.param[0]?.value[0];
  if (value === undefined) throw new Error("supervisor's answer holds no value");
  return fromXml(value);
}

interface XmlResponse {
  readonly fault?: { readonly value: XmlValue[] };
  readonly params?: { readonly param: { readonly value: XmlValue[] }[] };
}

/** A `<value>` as the parser gives it; a value without a type element is a string. */
type XmlValue =
  | string
  | {
      readonly int?: string;
      readonly i4?: string;
      readonly boolean?: string;
      readonly string?: string;
      readonly double?: string;
      readonly array?: { readonly data?: { readonly value?: XmlValue[] } | string };
      readonly struct?: { readonly member?: { readonly name: string; readonly value: XmlValue[] }[] } | string;
    };

function fromXml(value: XmlValue): RpcValue {
  if (typeof value === "string") return value;
  if (value.int !== undefined) return Number(value.int);
  if (value.i4 !== undefined) return Number(value.i4);
  if (value.double !== undefined) return Number(value.double);
  if (value.boolean !== undefined) return value.boolean === "1";
  if (value.array !== undefined) {
    const { data } = value.array;
    return typeof data === "object" ? (data.value ?? []).map(fromXml) : [];
  }
  if (value.struct !== undefined) {
    const members = typeof value.struct === "object" ? (value.struct.member ?? []) : [];
    return Object.fromEntries(members.map((member) => [member.name, fromXml(member.value[0] ?? "")]));
  }
  return value.string ?? "";
}
