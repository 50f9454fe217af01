#!/usr/bin/env bash
# Prints what a new deployment of an environment must be told so as to leave it alone, as parameters of bicep/main.bicep, one a line:
# the image that runs (the default is a placeholder) and the day that the budget began on (Azure refuses to change it).
# Nothing if there is no such environment yet.
#
#   infra/keep.sh ENVIRONMENT [azd]
#
# With azd it stores them in azd's environment instead; azure.yaml runs it so before each provisioning.
set -euo pipefail
source "$(dirname "$0")/common.sh"

[ $# -ge 1 ] || fail "usage: keep.sh ENVIRONMENT [azd]"
environment=$1
need az
check_subscription
group=$(resource_group "$environment")

keep() {
  [ -n "$3" ] && [ "$3" != None ] || return 0
  if [ "$mode" = azd ]; then azd env set "$2" "$3"; else echo "$1=$3"; fi
}

mode=${2:-}
[ "$(az group exists --name "$group")" = true ] || exit 0

worker=$(az resource list --resource-group "$group" --output tsv \
  --query "[?type=='Microsoft.App/jobs' || type=='Microsoft.App/containerApps'].id | [0]")
if [ -n "$worker" ] && [ "$worker" != None ]; then
  image=$(az resource show --ids "$worker" --query 'properties.template.containers[0].image' --output tsv)
  keep workerImage WORKER_IMAGE "$image"
fi

budget="/subscriptions/{subscriptionId}/resourceGroups/$group/providers/Microsoft.Consumption/budgets?api-version=2024-08-01"
start=$(az rest --method get --url "$budget" --output tsv \
  --query "value[?name=='budget-smollm3-batch-$environment'].properties.timePeriod.startDate | [0]")
keep budgetStart BUDGET_START "${start%%T*}"
