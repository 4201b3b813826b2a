import {
  DefaultTokenResolver,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  Reference,
  StringConcat,
  Tokenization,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Resolves values, and notes what each reference in them leads to. */
class Noting extends DefaultTokenResolver {
  readonly found = new Set<IConstruct>();

  constructor() {
    super(new StringConcat());
  }

  override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    if (Reference.isReference(token)) this.found.add(ownerOf(token.target));
    return super.resolveToken(token, context, postProcessor);
  }
}

/** The constructs that a value of `scope` refers to, in other stacks as well. */
export function referredTo(scope: IConstruct, value: unknown): readonly IConstruct[] {
  const resolver = new Noting();
  Tokenization.resolve(value, { scope, resolver, preparing: true });
  return [...resolver.found];
}

/** The construct that a resource of CloudFormation belongs to; a resource that belongs to none is one itself. */
export function ownerOf(resource: IConstruct): IConstruct {
  const { id, scope } = resource.node;
  return id === 'Resource' && scope !== undefined ? scope : resource;
}
