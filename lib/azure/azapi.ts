/**
 * Resources of Azure that its main provider has none for, through the azapi provider (https://registry.terraform.io/providers/Azure/azapi).
 * There is no prebuilt binding: this is the typed part of it that the estate uses. Bodies are in the words of Azure's REST API.
 */
import {
  type Construct,
  type TerraformMetaArguments,
  TerraformProvider,
  TerraformResource,
  TerraformStack,
} from "../framework";

/** Version that is asked for, in one place. */
const METADATA = { providerName: "azapi", providerVersion: "2.12.0", providerVersionConstraint: "2.12.0" } as const;
const SOURCE = "Azure/azapi";
/** Of the provider in each stack that has such resources. */
const ID = "Azapi";

/** Where the provider works. */
interface Account {
  readonly subscription: string;
  readonly tenant: string;
}

/** The provider. Who logs in is decided by the environment it runs in, as for azurerm. */
export class AzapiProvider extends TerraformProvider {
  constructor(
    scope: Construct,
    id: string,
    private readonly account: Account,
  ) {
    super(scope, id, {
      terraformResourceType: "azapi",
      terraformGeneratorMetadata: METADATA,
      terraformProviderSource: SOURCE,
    });
  }

  /** Sees to it that the stack of a construct has the provider. */
  static attachTo(scope: Construct, account: Account): void {
    const stack = TerraformStack.of(scope);
    if (stack.node.tryFindChild(ID) === undefined) new AzapiProvider(stack, ID, account);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { subscription_id: this.account.subscription, tenant_id: this.account.tenant };
  }
}

/** A resource of Azure's API. */
export interface AzapiResourceProps<Body extends object> extends TerraformMetaArguments {
  /** `Microsoft.MachineLearningServices/workspaces/schedules@2025-06-01`. */
  readonly type: `${string}/${string}@${string}`;
  readonly name: string;
  /** Id of what it stands in. */
  readonly parentId: string;
  /** @default - the type has none */
  readonly location?: string;
  /** @default - the type takes none */
  readonly tags?: Readonly<Record<string, string>>;
  /** Ids of user-assigned identities, or the one that comes with it. @default - none */
  readonly identity?: readonly string[] | "system";
  readonly body: Body;
  /** Paths of the body that somebody else owns: what stands there stays when something else is changed. @default - none */
  readonly leaveAlone?: readonly string[];
  /** Paths of the answer that others read: `properties.scoringUri`. @default - none */
  readonly exports?: readonly string[];
}

/** One such resource; the provider knows the type's schema and checks the body against it. */
export class AzapiResource<Body extends object = object> extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AzapiResourceProps<Body>,
    estate: { readonly settings: Account },
  ) {
    AzapiProvider.attachTo(scope, estate.settings);
    super(scope, id, {
      terraformResourceType: "azapi_resource",
      terraformGeneratorMetadata: METADATA,
      ...metaArguments(props),
    });
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  /** A value of the answer; its path has to stand in `exports`. */
  output(path: string): string {
    if (!this.props.exports?.includes(path)) throw new Error(`${this.node.path} does not export ${path}`);
    return this.getStringAttribute(`output.${path}`);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { type, name, parentId, location, tags, identity, body, exports = [] } = this.props;
    const { leaveAlone } = this.props;
    return {
      type,
      name,
      parent_id: parentId,
      location,
      tags,
      identity: identity && [
        identity === "system" ? { type: "SystemAssigned" } : { type: "UserAssigned", identity_ids: [...identity] },
      ],
      body,
      ignore_body_changes: leaveAlone && [...leaveAlone],
      response_export_values: [...exports],
      schema_validation_enabled: true,
    };
  }
}

/** A change of a resource that something else makes: what its own provider has no words for, or what can be said only later. */
export interface AzapiUpdateProps<Body extends object> extends TerraformMetaArguments {
  readonly type: `${string}/${string}@${string}`;
  /** Id of the resource. */
  readonly of: string;
  /** The fields that are changed; the others stay as they are. */
  readonly body: Body;
}

/** Such a change. Taken out of the configuration, it stays in the resource. */
export class AzapiUpdate<Body extends object = object> extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AzapiUpdateProps<Body>,
    estate: { readonly settings: Account },
  ) {
    AzapiProvider.attachTo(scope, estate.settings);
    super(scope, id, {
      terraformResourceType: "azapi_update_resource",
      terraformGeneratorMetadata: METADATA,
      ...metaArguments(props),
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { type, of, body } = this.props;
    return { type, resource_id: of, body, response_export_values: [] };
  }
}

/** Something that is asked of a resource once, and again when the question changes. */
export interface AzapiActionProps<Body extends object> extends TerraformMetaArguments {
  readonly type: `${string}/${string}@${string}`;
  /** Id of the resource. */
  readonly of: string;
  /** @default - the resource itself is made, where the API can make it and neither change nor delete it */
  readonly action?: string;
  readonly body: Body;
  /** What is written and never kept: merged into the body. @default - nothing */
  readonly sensitiveBody?: object;
  /**
   * Version by path of what is never kept: another one has it written again. When the body changes and the version does not,
   * the body is sent without it. @default - written once
   */
  readonly sensitiveBodyVersion?: Readonly<Record<string, string>>;
  /** Paths of the answer that others read. @default - none */
  readonly exports?: readonly string[];
}

/** Such a question, by POST; making something, by PUT. Nothing is compared afterwards, and nothing undone. */
export class AzapiAction<Body extends object = object> extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AzapiActionProps<Body>,
    estate: { readonly settings: Account },
  ) {
    AzapiProvider.attachTo(scope, estate.settings);
    super(scope, id, {
      terraformResourceType: "azapi_resource_action",
      terraformGeneratorMetadata: METADATA,
      ...metaArguments(props),
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { type, of, action, body, sensitiveBody, sensitiveBodyVersion, exports = [] } = this.props;
    return {
      type,
      resource_id: of,
      action,
      method: action === undefined ? "PUT" : "POST",
      when: "apply",
      body,
      sensitive_body: sensitiveBody,
      sensitive_body_version: sensitiveBodyVersion,
      response_export_values: [...exports],
    };
  }

  /** A value of the answer; its path has to stand in `exports`. */
  output(path: string): string {
    if (!this.props.exports?.includes(path)) throw new Error(`${this.node.path} does not export ${path}`);
    return this.getStringAttribute(`output.${path}`);
  }
}

function metaArguments({ dependsOn, lifecycle, provider }: TerraformMetaArguments): TerraformMetaArguments {
  return { dependsOn, lifecycle, provider };
}
