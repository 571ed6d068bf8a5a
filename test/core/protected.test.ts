import { addressChanges, addressesOf, isProtected } from "../../lib/core/protected";

const stack = {
  resource: { google_storage_bucket: { A: {} }, google_project_service: { B: {} } },
  output: { uri: {} },
};

test("a stack's addresses are its resources and outputs, sorted", () => {
  expect(addressesOf(stack)).toEqual(["google_project_service.B", "google_storage_bucket.A", "output.uri"]);
  expect(addressesOf({})).toEqual([]);
});

test("what holds data or keys is protected", () => {
  expect(isProtected("google_storage_bucket.A")).toBe(true);
  expect(isProtected("azurerm_key_vault.V")).toBe(true);
  expect(isProtected("google_project_service.B")).toBe(false);
});

test("a renamed resource is reported with its old and its new address and what is at stake", () => {
  const moved = { ...stack, resource: { ...stack.resource, google_storage_bucket: { wrap_A_1: {} } } };
  expect(addressChanges("dev-data", addressesOf(stack), addressesOf(moved))).toEqual([
    "dev-data: google_storage_bucket.A became google_storage_bucket.wrap_A_1: what stands at the old address would be destroyed with its data; add a moveTo, or record the new list",
  ]);
});

test("a lost and a new resource are reported, an unchanged list is not", () => {
  const other = {
    resource: { google_project_service: { B: {} }, google_pubsub_topic: { T: {} } },
    output: { uri: {} },
  };
  expect(addressChanges("dev-data", addressesOf(stack), addressesOf(other))).toEqual([
    "dev-data: google_storage_bucket.A is gone: what stands there would be destroyed with its data",
    "dev-data: google_pubsub_topic.T is new",
  ]);
  expect(addressChanges("dev-data", addressesOf(stack), addressesOf(stack))).toEqual([]);
});
