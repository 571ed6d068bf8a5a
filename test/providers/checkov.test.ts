/** How findings of Checkov are held against the answers that are given for them. Checkov itself runs in test:providers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judge, type Waiver } from "./judge.mjs";

const found = [{ stack: "prod-data", address: "google_storage_bucket.Logs_1", check: "CKV_GCP_62" }];
const waiver: Waiver = {
  check: "CKV_GCP_62",
  resource: "*-data/google_storage_bucket.Logs_*",
  reason: "A bucket of access logs that logged its own readers would never come to rest.",
  until: "2026-06-30",
};

test("a finding that nobody answers for is open", () => {
  expect(judge(found, [], { today: "2026-01-01" })).toEqual({ open: found, problems: [] });
});

test("an answer counts until its last day, then the finding is back and the answer is a problem", () => {
  expect(judge(found, [waiver], { today: "2026-06-30" })).toEqual({ open: [], problems: [] });
  const { open, problems } = judge(found, [waiver], { today: "2026-07-01" });
  expect(open).toEqual(found);
  expect(problems).toEqual([expect.stringMatching(/CKV_GCP_62 for .* ended on 2026-06-30/)]);
});

test.each([
  ["another check", { check: "CKV_GCP_63" }],
  ["another stack", { resource: "dev-data/google_storage_bucket.Logs_*" }],
  ["a part of the address", { resource: "*/google_storage_bucket.Logs_" }],
])("an answer for %s is no answer, and is not needed", (_, change) => {
  const { open, problems } = judge(found, [{ ...waiver, ...change }], { today: "2026-01-01" });
  expect(open).toEqual(found);
  expect(problems).toEqual([expect.stringMatching(/is not needed/)]);
});

test("an answer that was not needed is no problem when only some plans were looked at", () => {
  expect(judge([], [waiver], { today: "2026-01-01", partly: true }).problems).toEqual([]);
});

test("an answer has a reason and a day", () => {
  const { problems } = judge(found, [{ ...waiver, reason: "because" }], { today: "2026-01-01" });
  expect(problems).toEqual([expect.stringMatching(/gives no reason/)]);
  const { problems: more } = judge(found, [{ ...waiver, until: "later" }], { today: "2026-01-01" });
  expect(more).toEqual([expect.stringMatching(/until is no day/)]);
});

test("the recorded answers have the form", () => {
  const { waivers } = JSON.parse(readFileSync(join(__dirname, "checkov-baseline.json"), "utf8")) as {
    waivers: Waiver[];
  };
  expect(waivers.length).toBeGreaterThan(0);
  for (const each of waivers) {
    expect(each).toEqual({
      check: expect.stringMatching(/^CKV2?_(GCP|AZURE)_\d+$/),
      resource: expect.stringMatching(/\S+\/(google|azurerm)_\w+/),
      reason: expect.stringMatching(/^[A-Z].{30,}\.$/),
      until: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
    });
  }
});
