/**
 * The local estate as a new user meets it, end to end, through the `mlops` command: one real estate in a folder that
 * only its owner may enter, on ports of its own. The chapters build on one another and run in this order.
 */
import { LocalEstate } from "../support/local-estate";
import { delivery } from "./chapters/delivery";
import { ending } from "./chapters/ending";
import { faults } from "./chapters/faults";
import { firstUp } from "./chapters/first-up";

const estate = new LocalEstate(26000);

jest.setTimeout(240_000);
afterAll(() => estate.remove());

describe("from nothing to a served prediction", () => firstUp(estate));
describe("a model on its way to production", () => delivery(estate));
describe("what goes wrong", () => faults(estate));
describe("taking it down", () => ending(estate));
