import { onAzure, only } from "./support";

const COMPONENT = "azurerm_container_app_environment_dapr_component";

function schedule(timeZone?: string) {
  let reference = "";
  const { delivery: stack } = onAzure(({ platform, layer }) => {
    const props = { project: "diabetes", cron: "0 3 * * 1", ...(timeZone === undefined ? {} : { timeZone }) };
    ({ reference } = platform.schedule(layer("delivery"), "S", props));
  });
  const made = only(stack, COMPONENT);
  const metadata = made.metadata as readonly { name: string; value: string }[];
  return { made, reference, metadata: Object.fromEntries(metadata.map(({ name, value }) => [name, value])) };
}

test("a schedule sends the project's retrain event to the handler, in its time zone", () => {
  const { made, metadata } = schedule("Asia/Seoul");
  expect(made).toMatchObject({ component_type: "bindings.cron", scopes: ["trigger"] });
  expect(metadata).toMatchObject({
    schedule: "CRON_TZ=Asia/Seoul 0 0 3 * * 1",
    route: "/events/schedule/diabetes",
    direction: "input",
  });
});

test("a schedule without a time zone means UTC", () => {
  expect(schedule().metadata.schedule).toBe("CRON_TZ=Etc/UTC 0 0 3 * * 1");
});

test("a schedule is known by its component", () => {
  expect(schedule().reference).toMatch(/managedEnvironments\/acme-test-ml\/daprComponents\/schedule-diabetes$/);
});
