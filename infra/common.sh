# Shared by the scripts of this folder; not run by itself.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() {
  echo "$0: $1" >&2
  exit 1
}

need() {
  for tool in "$@"; do
    command -v "$tool" > /dev/null || fail "needs $tool, which is not installed"
  done
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
