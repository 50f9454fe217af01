#!/usr/bin/env bash
# Builds the worker's image in the registry and the function app here, and deploys both. Called by azd after it has made the resources,
# and by deploy.sh; both hand over the outputs of bicep/main.bicep as environment variables.
set -euo pipefail
source "$(dirname "$0")/common.sh"
need az dotnet zip

for name in AZURE_RESOURCE_GROUP FUNCTION_APP_NAME REGISTRY_NAME REGISTRY_HOST WORKER_KIND WORKER_NAME WORKER_HARDWARE; do
  [ -n "${!name:-}" ] || fail "$name is not set; run azd up or infra/deploy.sh"
done

tag=${IMAGE_TAG:-$(git -C "$repository" rev-parse --short=12 HEAD 2> /dev/null || date -u +%Y%m%d%H%M%S)}
dockerfile=infra/worker.Dockerfile
[ "$WORKER_HARDWARE" != CPU ] || dockerfile=infra/worker-cpu.Dockerfile
image="$REGISTRY_HOST/worker:$tag"

echo "Building $image in the registry."
az acr build --registry "$REGISTRY_NAME" --image "worker:$tag" --file "$repository/$dockerfile" "$repository" --output none

echo "Setting the worker's image."
case $WORKER_KIND in
  job) command=(az containerapp job update) ;;
  app) command=(az containerapp update) ;;
  *) fail "WORKER_KIND is '$WORKER_KIND'; it must be job or app" ;;
esac
worker_identity=$(az identity list --resource-group "$AZURE_RESOURCE_GROUP" --query "[?contains(name, 'worker')].id | [0]" --output tsv)
case $WORKER_KIND in
  job) az containerapp job registry set --name "$WORKER_NAME" --resource-group "$AZURE_RESOURCE_GROUP" --server "$REGISTRY_HOST" --identity "$worker_identity" --output none ;;
  app) az containerapp registry set --name "$WORKER_NAME" --resource-group "$AZURE_RESOURCE_GROUP" --server "$REGISTRY_HOST" --identity "$worker_identity" --output none ;;
esac
"${command[@]}" --name "$WORKER_NAME" --resource-group "$AZURE_RESOURCE_GROUP" --image "$image" --output none
if command -v azd > /dev/null && [ -n "${AZURE_ENV_NAME:-}" ]; then
  # So that the next `azd provision` keeps this image.
  azd env set WORKER_IMAGE "$image" > /dev/null 2>&1 || true
fi

echo "Building and deploying the functions."
package=$(mktemp -d)
trap 'rm -rf "$package"' EXIT
dotnet publish "$repository/functions/SmolLM3.Batch.Functions" --configuration Release --output "$package/app" -p:BuildFor=azure --nologo -v quiet
(cd "$package/app" && zip -qr "$package/app.zip" .)
az functionapp deployment source config-zip --name "$FUNCTION_APP_NAME" --resource-group "$AZURE_RESOURCE_GROUP" --src "$package/app.zip" --output none

echo "Done. The HTTP API is at ${API_ENDPOINT:-https://$FUNCTION_APP_NAME.azurewebsites.net}."
echo "If the container 'models' has no checkpoint yet: infra/copy-model.sh ${STORAGE_ACCOUNT_NAME:-ACCOUNT} HuggingFaceTB/SmolLM3-3B"
