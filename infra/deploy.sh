#!/usr/bin/env bash
# Creates or updates an environment with az alone, and deploys code and images to it.
#
#   infra/deploy.sh ENVIRONMENT LOCATION [NAME=VALUE ...]
#
# ENVIRONMENT is dev, prod or another name with a file infra/parameters/ENVIRONMENT.json. Further arguments are parameters of
# bicep/main.bicep, for example workerHardware=T4. Whoever is signed in becomes the operator, who may upload documents and models and
# read results, unless operatorPrincipalId names another. WHAT_IF=1 shows what would change and stops.
set -euo pipefail
source "$(dirname "$0")/common.sh"

[ $# -ge 2 ] || fail "usage: deploy.sh ENVIRONMENT LOCATION [NAME=VALUE ...]"
environment=$1
location=$2
shift 2
check_environment "$environment"
for argument in "$@"; do
  [[ "$argument" == ?*=* ]] || fail "'$argument' is no parameter; parameters are given as NAME=VALUE"
done
need az jq dotnet zip curl
parameters="$repository/infra/parameters/$environment.json"
[ -f "$parameters" ] || fail "there is no $parameters; copy dev.json and adapt it"
az account show > /dev/null 2>&1 || fail "not signed in; run 'az login' first"

arguments=(
  --name "smollm3-batch-$environment"
  --location "$location"
  --template-file "$repository/bicep/main.bicep"
  --parameters "@$parameters"
  --parameters "environmentName=$environment" "location=$location"
)

kept=$("$repository/infra/keep.sh" "$environment")
while read -r parameter; do
  [ -z "$parameter" ] || arguments+=(--parameters "$parameter")
done <<< "$kept"

# A workflow signs in as an application, which is no operator; the role assignments of an earlier deployment stay.
if ! jq -e '.parameters.operatorPrincipalId' "$parameters" > /dev/null; then
  operator=$(az ad signed-in-user show --query id --output tsv 2> /dev/null || true)
  [ -z "$operator" ] || arguments+=(--parameters "operatorPrincipalId=$operator")
fi

[ $# -eq 0 ] || arguments+=(--parameters "$@")

if [ "${WHAT_IF:-}" = 1 ]; then
  exec az deployment sub what-if "${arguments[@]}"
fi

az deployment sub create "${arguments[@]}" --output none
unset AZURE_ENV_NAME # deploy-code.sh is not to touch an environment of azd
for name in AZURE_RESOURCE_GROUP FUNCTION_APP_NAME REGISTRY_NAME REGISTRY_HOST WORKER_KIND WORKER_NAME WORKER_IDENTITY_ID WORKER_HARDWARE STORAGE_ACCOUNT_NAME API_ENDPOINT; do
  value=$(output_of "$environment" "$name") || fail "the deployment has no output $name"
  export "$name=$value"
done
exec "$repository/infra/deploy-code.sh"
