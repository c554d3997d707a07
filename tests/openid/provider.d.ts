/** What the provider of the tests uses of a library that ships without types. */
declare module "oidc-provider" {
  import type { RequestListener } from "node:http";
  export default class Provider {
    constructor(issuer: string, settings: Record<string, unknown>);
    callback(): RequestListener;
  }
}
