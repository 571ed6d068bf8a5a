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
  "logs",
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
  /** The new cloud has no place for it. @default - it has */
  readonly left?: true;
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
  /** The new cloud has not got the part that holds it. @default false */
  readonly left?: boolean;
}

interface Rule {
  readonly what: string;
  /** Output that says where it lies. @default - it has no address of its own */
  readonly at?: OutputKey;
  readonly measure: (way: Way) => string;
  readonly move: (way: Way) => string;
  /** Nothing is copied in any case, so `move` says what is done even where the new cloud has no place. @default false */
  readonly stays?: true;
}

interface Way extends Ways {
  /** Address, or how to learn it, as a shell takes it. */
  readonly here: string;
  readonly there: string;
  /** Address; null where it is not known yet. */
  readonly known: { readonly from: string | null; readonly to: string | null };
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

/**
 * What copies objects. A storage account answers inside its network only and knows no keys, so nothing outside can fetch
 * from it, and AzCopy would need a key of a service account for Google's side: rclone logs in on each side as a person.
 */
const copyObjects = ({ from, to, here, there, known }: Way): string => {
  const clouds = [from, to];
  if (clouds.includes("gcp") && clouds.includes("azure")) {
    // https://rclone.org/docs/#connection-strings
    const copy = `rclone copy --checksum ${remote(from, known.from)} ${remote(to, known.to)}`;
    return `${copy} (inside the network on Azure, logged in by gcloud auth application-default login and az login)`;
  }
  // https://learn.microsoft.com/en-us/azure/storage/common/storage-ref-azcopy-sync
  if (clouds.includes("azure")) return `azcopy sync ${here} ${there} --recursive (inside the network on Azure)`;
  return clouds.includes("gcp") ? `gcloud storage rsync --recursive ${here} ${there}` : `cp -R ${here}/. ${there}`;
};

/** A bucket or container as rclone takes it without a file of its own. */
function remote(cloud: SwapCloud, address: string | null): string {
  if (cloud === "gcp") {
    return `':gcs,env_auth,bucket_policy_only:${address?.replace(/^gs:\/\//, "") ?? "BUCKET"}'`;
  }
  const [, account = "ACCOUNT", container = "CONTAINER"] = /^https:\/\/([^.]+)\.[^/]+\/(.+)$/.exec(address ?? "") ?? [];
  return `':azureblob,account=${account},env_auth:${container}'`;
}

const objects = (what: string, at: OutputKey): Rule => ({ what, at, measure: measureObjects, move: copyObjects });

const SECRETS: Readonly<Record<SwapCloud, (way: Way) => string>> = {
  gcp: ({ known }) => {
    const [, project = "PROJECT"] = /\/projects\/([^/]+)/.exec(known.from ?? "") ?? [];
    return `gcloud secrets list --project ${project} --format="value(name)"`;
  },
  azure: ({ here }) => `az keyvault secret list --id ${here} --query "[].name" --output tsv`,
  local: ({ here }) => `ls ${here}`,
};

const ROWS: Readonly<Record<SwapCloud, (way: Way) => string>> = {
  gcp: ({ known }) => {
    const [project = "PROJECT", dataset = "DATASET"] = (known.from ?? "").replace(/^bq:\/\//, "").split(".");
    return `bq query --project_id ${project} --nouse_legacy_sql 'select table_id, row_count, size_bytes from ${dataset}.__TABLES__'`;
  },
  azure: ({ known }) => {
    const [, container = "CONTAINER", account = "ACCOUNT"] = /^abfss:\/\/([^@]+)@([^.]+)/.exec(known.from ?? "") ?? [];
    return `azcopy list https://${account}.blob.core.windows.net/${container} --running-tally`;
  },
  local: () => "nothing: this machine keeps features with the data sets",
};

const LIST_IMAGES: Readonly<Record<SwapCloud, (way: Way) => string>> = {
  gcp: ({ here }) => `gcloud artifacts docker images list ${here} --include-tags`,
  azure: ({ here }) => `az acr repository list --name ${here.split(".")[0]} --output tsv`,
  local: () => "nothing: this machine has no registry",
};

const RULES: Readonly<Record<DataKind, Rule>> = {
  datasets: objects(
    "the data sets, as they are now: what was overwritten or deleted stays in the old place",
    "datasetsUri",
  ),
  artifacts: objects("registered models, metrics and what runs passed on", "artifactsUri"),
  packages: {
    ...objects("compiled pipelines", "packagesUri"),
    stays: true,
    move: () => "nothing to copy: each project's pipeline is compiled again for the new orchestrator",
  },
  predictionLogs: objects("logged predictions", "predictionLogsUri"),
  ledger: {
    what: "the ledger: releases, approvals, runs, dedupe keys",
    at: "ledgerDatabaseUri",
    measure: ({ here }) => `psql ${here} --command "select pg_size_pretty(pg_database_size('ledger'))"`,
    // Tables only: extensions and rights are the new estate's own. https://www.postgresql.org/docs/current/app-pgdump.html
    move: ({ here, there }) =>
      `pg_dump --format=custom --table='public.*' --file ledger.dump ${here} inside the old network, then pg_restore --clean --if-exists --no-owner --no-privileges --dbname ${there} ledger.dump inside the new one; PGUSER and PGPASSWORD are those of a person who is let in (on a cloud a token is the password)`,
  },
  runs: {
    what: "experiments, runs and registered model versions",
    at: "trackingUri",
    measure: ({ here }) => `MLFLOW_TRACKING_URI=${here} mlflow experiments search`,
    // https://github.com/mlflow/mlflow-export-import
    move: ({ from, to, here, there }) =>
      `MLFLOW_TRACKING_URI=${here} export-all --output-dir runs, then MLFLOW_TRACKING_URI=${there} import-all --input-dir runs${azureMl(from, to)}; inside the network of each; run ids change, so look through versions and aliases afterwards`,
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
    measure: (way) => ROWS[way.from](way),
    move: () => "run each project's feature step again over the copied data sets: the stores' own formats differ",
  },
  notebooks: {
    what: "files on the notebooks' disks",
    measure: () => "ask who uses them",
    stays: true,
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
    stays: true,
    move: () => "never moved: copies are encrypted with the new keys; the old ones stay as long as anything needs them",
  },
  logs: {
    what: "logs, metrics and the archive of logs",
    measure: () => "monitoring.retentionDays and monitoring.archive say how far back they go",
    stays: true,
    move: () =>
      "not moved: they are read in the old place until their days are over; destroying the old estate ends that",
  },
};

/** MLflow speaks to Azure ML by a plugin. */
function azureMl(from: SwapCloud, to: SwapCloud): string {
  return from === "azure" || to === "azure" ? " (azureml:// needs the Python package azureml-mlflow)" : "";
}

/** What has to be moved of one kind. */
export function moveOf(kind: DataKind, ways: Ways): DataMove {
  const { what, at, measure, move, stays } = RULES[kind];
  const address = (side: Addresses) => (at === undefined ? null : (side[at] ?? null));
  const known = { from: address(ways.source), to: address(ways.target) };
  const way = {
    ...ways,
    known,
    here: known.from === null ? `"$(${pick(at, ways.from)} ${notesOf(ways)})"` : quoted(plain(known.from, ways.from)),
    there:
      known.to === null
        ? `"$(mlops outputs ${ways.environment} --json | ${pick(at, ways.to)})"`
        : quoted(plain(known.to, ways.to)),
  };
  const moved =
    ways.left && !stays
      ? `not copied: ${ways.to} has no place for it; save by hand what is kept, before the old estate goes`
      : move(way);
  return { kind, what, ...known, ...(ways.left ? { left: true } : {}), measure: measure(way), move: moved };
}

/** What only a deployed layer knows is asked of the estate; of the old one, it was noted while the file named its cloud. */
function pick(at: OutputKey | undefined, cloud: SwapCloud): string {
  const value = `.outputs.${at}.value`;
  if (cloud === "local") return `jq -r '${value} | sub("^file://"; "")'`;
  return at === "ledgerDatabaseUri" ? `jq -r '${value} | sub("//[^/@]*@"; "//")'` : `jq -r ${value}`;
}

/** As commands take it: folders without a scheme, a cloud's database without the program's own user. */
function plain(address: string, cloud: SwapCloud): string {
  return cloud === "local" ? address.replace(/^file:\/\//, "") : address.replace(/^(postgresql:\/\/)[^/@]*@/, "$1");
}

/** File that the old estate's outputs are noted in before the word is changed. */
export function notesOf({ environment, from }: Pick<Ways, "environment" | "from">): string {
  return `${environment}-${from}.json`;
}

/** As a shell takes it. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
