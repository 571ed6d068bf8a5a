/**
 * What a release owns of resources that Terraform makes: which image and model version serve, and how much of the traffic
 * each gets. Terraform gives these a first value and leaves them alone from then on (`lifecycle.ignore_changes`), so that
 * a deployment never undoes a release. Does not load the engine.
 */

/** Paths as Terraform's `ignore_changes` takes them, by resource type. A type that is not here belongs to Terraform alone. */
export const RELEASE_OWNED = {
  /**
   * The release makes a revision with an image by digest and a model version, and moves the traffic to it. The model
   * version is in the revision's variables: two revisions with two models share the traffic. Cloud Run names the revisions
   * (`latestCreatedRevision`): a name of the release's own would stay in the template, and what Terraform changes next
   * would be a second revision of that name, which is refused. So a name is not ignored: the next deployment takes it out.
   *
   * What Terraform changes of a service (its memory, say) is a new revision without traffic: clients get it with the next
   * release.
   */
  google_cloud_run_v2_service: [
    "template[0].containers[0].image",
    "template[0].containers[0].env",
    "traffic",
    // Say who deployed last.
    "client",
    "client_version",
  ],
  /** The release writes image and model version into the machine's metadata, from where its server takes them when it restarts. */
  google_compute_instance: ['metadata["serving-image"]', 'metadata["serving-model"]'],
  /** The release deploys a model version to the endpoint, with its replicas, and moves the traffic to it. */
  google_vertex_ai_endpoint: ["traffic_split"],
  /**
   * As on Cloud Run: the release makes a revision with an image by digest and a model version, and moves the traffic. The
   * model is the first variable; the others stay Terraform's, so that what it changes of them (how predictions are logged,
   * say) is a new revision without traffic, of the newest one's image and model.
   */
  azurerm_container_app: [
    "template[0].container[0].image",
    "template[0].container[0].env[0].value",
    "ingress[0].traffic_weight",
  ],
  /** The release starts the one container of the group anew, with its image and model version. */
  azurerm_container_group: ["container[0].image", "container[0].secure_environment_variables"],
  /** The release writes image and model version into the machine's user data, from where its server takes them when it restarts. */
  azurerm_linux_virtual_machine: ["user_data"],
  /** The release deploys a model version, moves the traffic to it, and has a share mirrored. Paths of the body in Azure's API. */
  "Microsoft.MachineLearningServices/workspaces/onlineEndpoints": ["properties.traffic", "properties.mirrorTraffic"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What Terraform ignores after creation of a type, in the form that the engine takes. */
export function releaseOwned(type: keyof typeof RELEASE_OWNED): string[] {
  return [...RELEASE_OWNED[type]];
}
