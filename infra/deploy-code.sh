#!/usr/bin/env bash
# Builds the worker's image in the registry and the function app here, deploys both, and waits until the functions answer. Called by azd
# after it has made the resources, and by deploy.sh; both hand over the outputs of bicep/main.bicep as environment variables.
set -euo pipefail
source "$(dirname "$0")/common.sh"
need az dotnet zip curl
check_subscription

for name in AZURE_RESOURCE_GROUP FUNCTION_APP_NAME REGISTRY_NAME REGISTRY_HOST WORKER_KIND WORKER_NAME WORKER_IDENTITY_ID WORKER_HARDWARE API_ENDPOINT; do
  [ -n "${!name:-}" ] || fail "$name is not set; run azd up or infra/deploy.sh"
done

case $WORKER_KIND in
  job) worker=(az containerapp job) other=Microsoft.App/containerApps ;;
  app) worker=(az containerapp) other=Microsoft.App/jobs ;;
  *) fail "WORKER_KIND is '$WORKER_KIND'; it must be job or app" ;;
esac

tag=${IMAGE_TAG:-$(git -C "$repository" rev-parse --short=12 HEAD 2> /dev/null || date -u +%Y%m%d%H%M%S)}
dockerfile=infra/worker.Dockerfile
[ "$WORKER_HARDWARE" != CPU ] || dockerfile=infra/worker-cpu.Dockerfile
image="$REGISTRY_HOST/worker:$tag"

# The CUDA image takes its time: it restores and pushes several gigabytes of libraries.
echo "Building $image in the registry."
az acr build --registry "$REGISTRY_NAME" --image "worker:$tag" --file "$repository/$dockerfile" --timeout 7200 "$repository" --output none

echo "Setting the worker's image."
"${worker[@]}" registry set --name "$WORKER_NAME" --resource-group "$AZURE_RESOURCE_GROUP" --server "$REGISTRY_HOST" --identity "$WORKER_IDENTITY_ID" --output none
"${worker[@]}" update --name "$WORKER_NAME" --resource-group "$AZURE_RESOURCE_GROUP" --image "$image" --output none

# A deployment adds the one kind of worker and leaves the other, which would go on taking messages.
for id in $(az resource list --resource-group "$AZURE_RESOURCE_GROUP" --resource-type "$other" --query "[?tags.workload=='smollm3-batch'].id" --output tsv); do
  echo "Deleting $id: the worker is of another kind now. What it was doing goes back to the queue."
  az resource delete --ids "$id" --output none
done
if command -v azd > /dev/null && [ -n "${AZURE_ENV_NAME:-}" ]; then
  # So that the next `azd provision` keeps this image.
  azd env set WORKER_IMAGE "$image"
fi

echo "Building and deploying the functions."
package=$(mktemp -d)
trap 'rm -rf "$package"' EXIT
dotnet publish "$repository/functions/SmolLM3.Batch.Functions" --configuration Release --output "$package/app" -p:BuildFor=azure --nologo -v quiet
(cd "$package/app" && zip -qr "$package/app.zip" .)
az functionapp deployment source config-zip --name "$FUNCTION_APP_NAME" --resource-group "$AZURE_RESOURCE_GROUP" --src "$package/app.zip" --output none

# Flex Consumption starts an instance for the first request; identities that are minutes old may be refused at first.
attempt=1
until curl --fail --silent --max-time 60 --output /dev/null "$API_ENDPOINT/api/health"; do
  [ "$attempt" -lt 20 ] || fail "the functions are deployed, but $API_ENDPOINT/api/health does not answer; look at the log stream of $FUNCTION_APP_NAME"
  attempt=$((attempt + 1))
  sleep 15
done

echo "Done. The HTTP API is at $API_ENDPOINT."
echo "If the container 'models' has no checkpoint yet: infra/copy-model.sh ${STORAGE_ACCOUNT_NAME:-ACCOUNT} HuggingFaceTB/SmolLM3-3B"
