#!/usr/bin/env bash
# Registers the HTTP API of an environment in Entra ID, so that callers can get tokens for it, and prints the client id that
# bicep/main.bicep takes as apiClientId. Running it again changes nothing. It makes no secret.
#
#   infra/register-api.sh ENVIRONMENT
#
# The registration issues tokens of version 2, which is what the app's issuer expects, and lets az ask for one without a consent page.
set -euo pipefail
source "$(dirname "$0")/common.sh"

[ $# -ge 1 ] || fail "usage: register-api.sh ENVIRONMENT"
check_environment "$1"
need az jq
name="smollm3-batch-$1"
azure_cli=04b07795-8ddb-461a-bbee-02f9e1bf7b46

client=$(az ad app list --filter "displayName eq '$name'" --query '[0].appId' --output tsv)
[ -n "$client" ] && [ "$client" != None ] ||
  client=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query appId --output tsv)
az ad sp show --id "$client" > /dev/null 2>&1 || az ad sp create --id "$client" --output none

# The client id serves as the id of the one permission too, so that there is nothing to remember. The command line can only be let in
# once the permission exists: hence two steps.
application="https://graph.microsoft.com/v1.0/applications(appId='$client')"
permission=$(jq -cn --arg id "$client" '{ identifierUris: ["api://\($id)"], api: { requestedAccessTokenVersion: 2, oauth2PermissionScopes: [{
  id: $id, value: "access", type: "User", isEnabled: true,
  adminConsentDisplayName: "Use SmolLM3.Batch", adminConsentDescription: "Send documents and read results as the signed-in user.",
  userConsentDisplayName: "Use SmolLM3.Batch", userConsentDescription: "Send documents and read results as you." }] } }')
az rest --method patch --url "$application" --headers Content-Type=application/json --body "$permission"
consent=$(jq -cn --arg id "$client" --arg cli "$azure_cli" '{ api: { preAuthorizedApplications: [{ appId: $cli, delegatedPermissionIds: [$id] }] } }')
az rest --method patch --url "$application" --headers Content-Type=application/json --body "$consent"

echo "$client"
