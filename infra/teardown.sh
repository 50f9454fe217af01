#!/usr/bin/env bash
# Removes an environment and everything in it: documents, results and models too.
#
#   infra/teardown.sh ENVIRONMENT [--yes]
set -euo pipefail
source "$(dirname "$0")/common.sh"

[ $# -ge 1 ] || fail "usage: teardown.sh ENVIRONMENT [--yes]"
environment=$1
check_environment "$environment"
need az
group=$(resource_group "$environment")
[ "$(az group exists --name "$group")" = true ] || fail "there is no resource group $group in this subscription"

if [ "${2:-}" != --yes ]; then
  read -r -p "This deletes $group with all documents, results and models. Type the environment's name to go on: " answer
  [ "$answer" = "$environment" ] || fail "nothing was deleted"
fi

az group delete --name "$group" --yes
az deployment sub delete --name "smollm3-batch-$environment" --output none 2> /dev/null || true
echo "Deleted $group."
