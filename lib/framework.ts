/**
 * The only file that imports the engine. CDKTF 0.21 is the last release of its line; the same names are exported by its
 * successor (CDK Terrain, `cdktn`), so moving the engine means changing the two module names below.
 */
export {
  App,
  Aspects,
  AzurermBackend,
  Fn,
  GcsBackend,
  type IAspect,
  type IResolvable,
  type IResolveContext,
  type ITerraformDependable,
  LocalBackend,
  TerraformBackend,
  TerraformElement,
  type TerraformMetaArguments,
  TerraformOutput,
  TerraformProvider,
  TerraformResource,
  TerraformStack,
  Token,
} from "cdktf";
export { Construct, type IConstruct } from "constructs";
