/**
 * The only file that imports the engine. CDKTF 0.21 is the last release of its line; the same names are exported by its
 * successor (CDK Terrain, `cdktn`), so moving the engine means changing the two module names below.
 */
export {
  Annotations,
  App,
  Aspects,
  DataResource,
  Fn,
  type IAspect,
  type IResolvable,
  type IResolveContext,
  Lazy,
  LocalBackend,
  TerraformBackend,
  TerraformElement,
  TerraformOutput,
  TerraformRemoteState,
  TerraformResource,
  TerraformStack,
  Testing,
  Token,
  Tokenization,
} from "cdktf";
export { Construct, type IConstruct, type IValidation } from "constructs";
