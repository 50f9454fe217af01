#!/usr/bin/env bash
# Prints the image that the worker of a resource group runs; nothing if there is no worker yet.
set -euo pipefail
group=$1
az resource list --resource-group "$group" --query "[?type=='Microsoft.App/jobs' || type=='Microsoft.App/containerApps'].id" --output tsv 2> /dev/null |
  head -n 1 |
  while read -r id; do
    az resource show --ids "$id" --query 'properties.template.containers[0].image' --output tsv
  done || true
