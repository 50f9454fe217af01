# shellcheck shell=bash
# Shared by the scripts of this folder; not run by itself. They run on bash 3.2 too, the one of macOS.

# shellcheck disable=SC2034 # used by the scripts that source this one
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Commands of az that live in an extension (containerapp) fetch it without a question, which nobody could answer in a workflow.
export AZURE_EXTENSION_USE_DYNAMIC_INSTALL=yes_without_prompt

fail() {
  echo "$0: $1" >&2
  exit 1
}

need() {
  for tool in "$@"; do
    command -v "$tool" > /dev/null || fail "needs $tool, which is not installed"
  done
}

# The name is part of the names of resources, which take nothing else.
check_environment() {
  [[ "$1" =~ ^[a-z0-9][a-z0-9-]{0,18}[a-z0-9]$|^[a-z0-9]$ ]] ||
    fail "'$1' cannot be the name of an environment: at most 20 lower-case letters, digits and hyphens, no hyphen at either end"
}

# azd hands over its subscription, and az works on whichever was chosen with it.
check_subscription() {
  local current
  [ -n "${AZURE_SUBSCRIPTION_ID:-}" ] || return 0
  current=$(az account show --query id --output tsv) || fail "not signed in; run 'az login' first"
  [ "$current" = "$AZURE_SUBSCRIPTION_ID" ] ||
    fail "az works on subscription $current, azd on $AZURE_SUBSCRIPTION_ID; run 'az account set --subscription $AZURE_SUBSCRIPTION_ID'"
}

# The resource group of an environment; the same name as in bicep/main.bicep.
resource_group() {
  echo "rg-smollm3-batch-$1"
}

# One output of the environment's latest deployment. Azure lower-cases the first letter of some names; look past case.
output_of() {
  az deployment sub show --name "smollm3-batch-$1" --query 'properties.outputs' --output json |
    jq -er --arg name "$2" 'to_entries[] | select((.key | ascii_downcase) == ($name | ascii_downcase)) | .value.value'
}

sha256_of() {
  if command -v sha256sum > /dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}
