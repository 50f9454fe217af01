#!/usr/bin/env bash
# Copies a checkpoint from the Hugging Face hub into the container `models`, file by file, checked against the hub's SHA-256.
#
#   infra/copy-model.sh STORAGE_ACCOUNT REPOSITORY [REVISION]
#
# Files that are there already are left alone, so that a copy that was cut short goes on where it stopped. The signed-in principal needs
# the role Storage Blob Data Contributor on the container; the operator of the deployment has it. HF_TOKEN is sent along if it is set.
set -euo pipefail
source "$(dirname "$0")/common.sh"

[ $# -ge 2 ] || fail "usage: copy-model.sh STORAGE_ACCOUNT REPOSITORY [REVISION]"
account=$1
model=$2
revision=${3:-main}
need az curl jq
hub=${HF_ENDPOINT:-https://huggingface.co}
headers=()
[ -z "${HF_TOKEN:-}" ] || headers=(--header "Authorization: Bearer $HF_TOKEN")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

get() {
  # (An empty array counts as unset in bash 3.2.)
  curl --fail --silent --show-error --location --retry 5 --retry-delay 2 ${headers[@]+"${headers[@]}"} "$@"
}

commit=$(get "$hub/api/models/$model/revision/$revision" | jq -er .sha) || fail "the hub does not know $model at $revision"
get "$hub/api/models/$model/tree/$commit?recursive=true" > "$work/tree.json"
jq -r '.[] | select(.type == "file")
         | select(.path | test("^(config|generation_config|tokenizer|tokenizer_config|special_tokens_map|model\\.safetensors\\.index)\\.json$|^[^/]+\\.safetensors$|^chat_template\\.jinja$"))
         | [.path, .size, (.lfs.oid // "")] | @tsv' "$work/tree.json" > "$work/files.tsv"
for wanted in '^config\.json' '^tokenizer\.json' '\.safetensors'; do
  cut -f 1 "$work/files.tsv" | grep -q "$wanted$" || fail "$model at $commit has no file ${wanted//[\\^]/}: the worker could not load it"
done

echo "Copying $model at $commit to $account/models/$model."
while IFS=$'\t' read -r path size sha256; do
  blob="$model/$path"
  known=$(az storage blob show --auth-mode login --account-name "$account" --container-name models --name "$blob" \
    --query '[properties.contentLength, metadata.sha256, metadata.commit]' --output tsv 2> /dev/null | tr '\t\n' '  ' || true)
  if [ "$known" = "$size $sha256 $commit " ] && [ -n "$sha256" ]; then
    echo "  $path is there"
    continue
  fi

  echo "  $path ($size bytes)"
  file="$work/file"
  rm -f "$file"
  get --output "$file" "$hub/$model/resolve/$commit/$path"
  [ "$(wc -c < "$file" | tr -d ' ')" = "$size" ] || fail "$path has the wrong size; run the command again"
  computed=$(sha256_of "$file")
  [ -z "$sha256" ] || [ "$computed" = "$sha256" ] || fail "$path has the wrong SHA-256; run the command again"
  az storage blob upload --auth-mode login --account-name "$account" --container-name models --name "$blob" --file "$file" \
    --overwrite --metadata "sha256=$computed" "commit=$commit" --no-progress --output none
done < "$work/files.tsv"
echo "Done. Deploy with modelPrefix=$model modelRevision=$commit."
