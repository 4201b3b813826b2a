import { expect, it } from 'vitest';

import { Synthesised } from './synthesised';

/** What the developer's commands and the end-to-end tests read from the deployment. */
const OUTPUTS: Record<string, string> = {
  ApiUrl: '<api.ApiEndpoint>',
  AudienceDeadLetterQueueUrl: '<audience-dead-letters>',
  AudienceQueueUrl: '<audience>',
  AudiencesTable: '<audiences>',
  DirectoryTable: '<directory>',
  DocsApiFunctionName: '<docs-api>',
  EventBusName: '<bus>',
  ExportsBucket: '<exports>',
  HostedLoginDomain: '<people/hosted-login>.auth.<AWS::Region>.amazoncognito.com',
  IdentifiersTable: '<identifiers>',
  IdentityCustomMessageFunctionName: '<identity-custom-message>',
  IdentityLoginsFunctionName: '<identity-logins>',
  IdentityPostAuthenticationFunctionName: '<identity-post-authentication>',
  IdentityPostConfirmationFunctionName: '<identity-post-confirmation>',
  IdentityPreSignUpFunctionName: '<identity-pre-sign-up>',
  IdentityPreTokenGenerationFunctionName: '<identity-pre-token-generation>',
  IdentityReconcileFunctionName: '<identity-reconcile>',
  LedgerTable: '<ledger>',
  NotificationDeadLetterQueueUrl: '<notification-dead-letters>',
  NotificationDispatchFunctionName: '<notification-dispatch>',
  NotificationQueueUrl: '<notification>',
  NotificationsTopicArn: '<notifications>',
  OperatorsClientId: '<people/operators>',
  ParkingQueueUrl: '<parking>',
  PartnerApiFunctionName: '<partner-api>',
  PartnerAudienceFunctionName: '<partner-audience>',
  PartnerChangesFunctionName: '<partner-changes>',
  PartnerExpiryFunctionName: '<partner-expiry>',
  PartnerListFunctionName: '<partner-list>',
  ProfileApiFunctionName: '<profile-api>',
  ProfileDatasetsFunctionName: '<profile-datasets>',
  ProfileExportFunctionName: '<profile-export>',
  ProfileIdentifyFunctionName: '<profile-identify>',
  ProfileMergeFunctionName: '<profile-merge>',
  ProfileSettleFunctionName: '<profile-settle>',
  ProfileStreamFunctionName: '<profile-stream>',
  ProfileSweepFunctionName: '<profile-sweep>',
  ProfilesTable: '<profiles>',
  ReceiptApiFunctionName: '<receipt-api>',
  ReceiptArchiveFunctionName: '<receipt-archive>',
  ReceiptsBucket: '<receipts-archive>',
  ReceiptsParkingQueueUrl: '<receipts-parking>',
  ReceiptsTable: '<receipts>',
  TokenIssuer: 'https://cognito-idp.<AWS::Region>.amazonaws.com/<people>',
  UserPoolId: '<people>',
  WebClientId: '<people/web>',
};

it('the stacks tell where everything is', () => {
  expect(Synthesised.stage('local').outputs()).toEqual(OUTPUTS);
});
