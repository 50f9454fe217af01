#!/usr/bin/env bash
# Creates or updates an environment with az alone, and deploys code and images to it.
#
#   infra/deploy.sh ENVIRONMENT LOCATION [NAME=VALUE ...]
#
# ENVIRONMENT is dev, prod or another name with a file infra/parameters/ENVIRONMENT.json. Further arguments are parameters of
# bicep/main.bicep, for example workerHardware=T4. WHAT_IF=1 shows what would change and stops.
set -euo pipefail
source "$(dirname "$0")/common.sh"

[ $# -ge 2 ] || fail "usage: deploy.sh ENVIRONMENT LOCATION [NAME=VALUE ...]"
environment=$1
location=$2
shift 2
need az jq dotnet zip
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

# Keep the image that runs now: without this a new deployment would put the placeholder back.
image=$("$repository/infra/current-image.sh" "$(resource_group "$environment")")
[ -z "$image" ] || arguments+=(--parameters "workerImage=$image")
[ $# -eq 0 ] || arguments+=(--parameters "$@")

if [ "${WHAT_IF:-}" = 1 ]; then
  exec az deployment sub what-if "${arguments[@]}"
fi

az deployment sub create "${arguments[@]}" --output none
export AZURE_ENV_NAME=$environment
for name in AZURE_RESOURCE_GROUP FUNCTION_APP_NAME REGISTRY_NAME REGISTRY_HOST WORKER_KIND WORKER_NAME WORKER_HARDWARE STORAGE_ACCOUNT_NAME API_ENDPOINT; do
  value=$(output_of "$environment" "$name") || fail "the deployment has no output $name"
  export "$name=$value"
done
exec "$repository/infra/deploy-code.sh"
