/** Data that a swap does not move by itself: how much there is, and what copies it. */
import type { OutputKey } from "../../lib/contracts/outputs";

/** What is moved, made again, or left. */
export const DATA_KINDS = [
  "datasets",
  "artifacts",
  "packages",
  "predictionLogs",
  "ledger",
  "runs",
  "images",
  "features",
  "notebooks",
  "secrets",
  "keys",
] as const;
/** One of the kinds. */
export type DataKind = (typeof DATA_KINDS)[number];

/** A cloud that a swap can leave or reach. */
export type SwapCloud = "local" | "gcp" | "azure";

/** Data to be moved. */
export interface DataMove {
  readonly kind: DataKind;
  readonly what: string;
  /** Where it lies, and where it goes; null where that is known only after the deployment. */
  readonly from: string | null;
  readonly to: string | null;
  /** Says how much there is. */
  readonly measure: string;
  /** Copies it, or says what is done instead. */
  readonly move: string;
}

/** Addresses by output, of one side; null where only a deployed layer knows it. */
export type Addresses = Readonly<Partial<Record<OutputKey, string | null>>>;

interface Ways {
  readonly environment: string;
  readonly from: SwapCloud;
  readonly to: SwapCloud;
  readonly source: Addresses;
  readonly target: Addresses;
}

interface Rule {
  readonly what: string;
  /** Output that says where it lies. @default - it has no address of its own */
  readonly at?: OutputKey;
  readonly measure: (way: Way) => string;
  readonly move: (way: Way) => string;
}

interface Way extends Ways {
  /** Address, or how to learn it. */
  readonly here: string;
  readonly there: string;
}

const measureObjects = ({ from, here }: Way): string => {
  switch (from) {
    case "gcp":
      return `gcloud storage du --summarize --readable-sizes ${here}`;
    case "azure":
      return `azcopy list ${here} --running-tally`;
    case "local":
      return `du -sh ${here}`;
    default:
      return from satisfies never;
  }
};

/** What copies objects between two clouds; both tools check what they wrote. */
const copyObjects = ({ to, here, there, from }: Way): string => {
  // https://learn.microsoft.com/en-us/azure/storage/common/storage-use-azcopy-google-cloud
  if (to === "azure") return `azcopy copy ${here} ${there} --recursive`;
  // https://cloud.google.com/storage-transfer/docs/create-transfers/agentless/azure
  if (from === "azure") {
    return to === "gcp"
      ? `gcloud transfer jobs create ${here} ${there} --source-creds-file=FILE`
      : `azcopy copy ${here} ${there} --recursive`;
  }
  return `gcloud storage rsync --recursive ${here} ${there}`;
};

const objects = (what: string, at: OutputKey): Rule => ({ what, at, measure: measureObjects, move: copyObjects });

const SECRETS: Readonly<Record<SwapCloud, (way: Way) => string>> = {
  gcp: () => 'gcloud secrets list --format="value(name)"',
  azure: ({ here }) => `az keyvault secret list --id ${here} --query "[].name" --output tsv`,
  local: ({ here }) => `ls ${here}`,
};

const LIST_IMAGES: Readonly<Record<SwapCloud, (way: Way) => string>> = {
  gcp: ({ here }) => `gcloud artifacts docker images list ${here} --include-tags`,
  azure: ({ here }) => `az acr repository list --name ${here.split(".")[0]} --output tsv`,
  local: () => "nothing: this machine has no registry",
};

const RULES: Readonly<Record<DataKind, Rule>> = {
  datasets: objects("the data sets, with their versions", "datasetsUri"),
  artifacts: objects("registered models, metrics and what runs passed on", "artifactsUri"),
  packages: {
    ...objects("compiled pipelines", "packagesUri"),
    move: () => "nothing to copy: each project's pipeline is compiled again for the new orchestrator",
  },
  predictionLogs: objects("logged predictions", "predictionLogsUri"),
  ledger: {
    what: "the ledger: releases, approvals, runs, dedupe keys",
    at: "ledgerDatabaseUri",
    measure: ({ here }) => `psql ${here} --command "select pg_size_pretty(pg_database_size('ledger'))"`,
    move: ({ here, there }) => `pg_dump --format=custom ${here} | pg_restore --no-owner --dbname ${there}`,
  },
  runs: {
    what: "experiments, runs and registered model versions",
    at: "trackingUri",
    measure: ({ here }) => `MLFLOW_TRACKING_URI=${here} mlflow experiments search`,
    // https://github.com/mlflow/mlflow-export-import
    move: ({ here, there }) =>
      `MLFLOW_TRACKING_URI=${here} export-all --output-dir runs, then MLFLOW_TRACKING_URI=${there} import-all --input-dir runs; run ids change, aliases and tags stay`,
  },
  images: {
    what: "images by digest",
    at: "imageRegistry",
    measure: (way) => LIST_IMAGES[way.from](way),
    // https://github.com/google/go-containerregistry/blob/main/cmd/crane/doc/crane_copy.md
    move: ({ here, there, environment }) =>
      `crane copy ${here}/IMAGE@DIGEST ${there}/IMAGE for each image: the digest stays, so images.lock.yaml does; production that takes only what its own builds made needs builds of its own (mlops lock image … --for ${environment})`,
  },
  features: {
    what: "features written so far",
    at: "offlineFeaturesUri",
    measure: ({ here }) => `the rows of ${here}`,
    move: () => "run each project's feature step again over the copied data sets: the stores' own formats differ",
  },
  notebooks: {
    what: "files on the notebooks' disks",
    measure: () => "ask who uses them",
    move: () => "their owners push what they keep to the repository; disks are not copied",
  },
  secrets: {
    what: "values of secrets",
    at: "secretsUri",
    measure: (way) => SECRETS[way.from](way),
    move: ({ there }) => `a person writes each value into ${there}; nothing reads one out of the old vault`,
  },
  keys: {
    what: "encryption keys",
    measure: () => "nothing to measure",
    move: () => "never moved: copies are encrypted with the new keys; the old ones stay as long as anything needs them",
  },
};

/** What has to be moved of one kind. */
export function moveOf(kind: DataKind, ways: Ways): DataMove {
  const { what, at, measure, move } = RULES[kind];
  const address = (side: Addresses) => (at === undefined ? null : (side[at] ?? null));
  const [from, to] = [address(ways.source), address(ways.target)];
  // What only a deployed layer knows is asked of the estate; of the old one, it was noted while the file named its cloud.
  const pick = `jq -r .outputs.${at}.value`;
  const way = {
    ...ways,
    here: from === null ? `"$(${pick} ${notesOf(ways)})"` : quoted(from),
    there: to === null ? `"$(mlops outputs ${ways.environment} --json | ${pick})"` : quoted(to),
  };
  return { kind, what, from, to, measure: measure(way), move: move(way) };
}

/** File that the old estate's outputs are noted in before the word is changed. */
export function notesOf({ environment, from }: Pick<Ways, "environment" | "from">): string {
  return `${environment}-${from}.json`;
}

/** As a shell takes it. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
