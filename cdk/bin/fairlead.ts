import { App } from 'aws-cdk-lib';

import { Artefacts } from '../lib/artefacts';
import { buildFairlead } from '../lib/fairlead';
import { stageNamed } from '../lib/stages';

const app = new App();
try {
  const stage = stageNamed(app.node.tryGetContext('stage'));
  const placeholders = app.node.tryGetContext('placeholders') === 'true';
  buildFairlead({ app, stage, artefacts: placeholders ? Artefacts.placeholders() : Artefacts.of(stage) });
} catch (error) {
  // The sentence is for whoever typed the command; the path to it through our code is not.
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
