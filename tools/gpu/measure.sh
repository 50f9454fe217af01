#!/usr/bin/env bash
# Measures the engine and its peers on this machine's GPU, the most valuable first. See README.md beside this file.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P); repo=$(cd "$here/../.." && pwd -P)

results=${RESULTS:-$repo/artifacts/gpu}     # everything lands here; run again to go on where it stopped
shape=${SHAPE:-smollm3-3b}
device=${DEVICE:-cuda}
budget=${BUDGET:-86400}                     # seconds; phases that cannot end within it wait for the next run
quick=${QUICK:-0}                           # 1: seconds a phase, to see that everything runs
data=${DATA:-$repo/tests/SmolLM3.Inference.Tests/Reference}

mkdir -p "$results/done" "$results/log"; results=$(cd "$results" && pwd -P)
# A rehearsal, another shape or device: none of their phases stands for another's.
marks=$results/done/$shape-$device-$quick; mkdir -p "$marks"
lines=$results/results.jsonl; [ "$quick" = 1 ] && lines=$results/results-quick.jsonl
checkpoint=$results/checkpoint-$shape-$quick
started=$SECONDS

# Slabs of every size come and go; without this the allocator cannot reuse what lies between them.
export PYTORCH_CUDA_ALLOC_CONF=${PYTORCH_CUDA_ALLOC_CONF:-expandable_segments:True}

# Where only what lies in OUT comes back, it is there however this ends.
collect() {
  [ -s "$lines" ] && python3 "$here/tables.py" "$lines" --shape "$shape" >"$results/tables.md" && cat "$results/tables.md"
  [ -n "${OUT:-}" ] || return 0
  cp -f "$lines" "$results/tables.md" "$results/native/libLibTorchSharp.so" "$OUT/" 2>/dev/null
  tar -czf "$OUT/log.tgz" -C "$results" log done
}
trap collect EXIT

note() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*" | tee -a "$results/log/measure.log" >&2; }

# phase NAME SECONDS COMMAND...: once, within its time; what fails is noted and the rest goes on.
phase() {
  local name=$1 limit=$2 begun=$SECONDS status; shift 2
  [ -e "$marks/$name" ] && return 0
  if [ $((budget - (SECONDS - started))) -lt "$limit" ]; then note "$name: waits for the next run, $limit s may be needed"; waiting=1; return 0; fi
  note "$name: begins, at most $limit s"
  timeout --kill-after=10 "$limit" "$@" >"$results/log/$name.out" 2>"$results/log/$name.err"; status=$?
  if [ "$status" = 0 ]; then touch "$marks/$name"; note "$name: $((SECONDS - begun)) s"
  else
    note "$name: exit $status after $((SECONDS - begun)) s; $(tail -n 1 "$results/log/$name.err" | cut -c1-200)"
    printf '{"kind":"phase","settings":{"phase":"%s"},"error":"exit %s after %s s"}\n' "$name" "$status" "$((SECONDS - begun))" >>"$lines"
    failed=1
    # What ran out of time would do so again; 137 is the kill that a hung process needed.
    if [ "$status" = 124 ] || { [ "$status" = 137 ] && [ $((SECONDS - begun)) -ge "$limit" ]; }; then touch "$marks/$name"; fi
  fi
  return 0
}
waiting=0; failed=0

facts() {
  date -u; uname -a; nproc; free -g
  nvidia-smi || true
  python3 -c 'import torch; print("torch", torch.__version__)' || true
  python3 -c 'import transformers; print("transformers", transformers.__version__)' || true
}

# The program: a ready folder, or published here.
published=${PUBLISHED:-$results/publish}
if [ -f "$published" ]; then mkdir -p "$results/unpacked"; tar -xf "$published" -C "$results/unpacked" || exit 2; published=$results/unpacked; fi
measure=$published/smollm3-measure
if [ ! -x "$measure" ]; then
  command -v dotnet >/dev/null || { echo "measure.sh: there is no .NET SDK here; PUBLISHED must name a folder or tar file with smollm3-measure (README.md says how it is made)." >&2; exit 2; }
  build=azure; [ "$device" = cpu ] && build=${BUILD_FOR:-local}
  note "publishing for $build"
  dotnet publish "$here/Measure" -c Release -r linux-x64 --self-contained "-p:BuildFor=$build" -o "$published" -nologo -v q >&2 || exit 2
fi

# Without libtorch in the folder: PyTorch's own, and TorchSharp's native half over it.
if [ -n "${TORCHSHARP_SOURCE:-}" ] && [ ! -e "$results/native/libLibTorchSharp.so" ]; then
  note "building TorchSharp's native half"
  bash "$here/native.sh" "$TORCHSHARP_SOURCE" "$results/native" >"$results/log/native.out" 2>&1 || { tail -n 20 "$results/log/native.out" >&2; exit 2; }
fi
if [ -e "$results/native/libLibTorchSharp.so" ]; then
  torch_libraries=$(python3 -c 'import torch; print(torch.__path__[0] + "/lib")')
  # The program looks beside itself first: a half built for another libtorch must not lie there.
  [ "$published" = "$results/unpacked" ] || { cp -a "$published" "$results/unpacked" && published=$results/unpacked && measure=$published/smollm3-measure; }
  cp -f "$results/native/libLibTorchSharp.so" "$published/"
fi
# Where containers have the driver's libraries; NVML is one of them.
driver=/usr/local/nvidia/lib64:/usr/local/nvidia/lib
# PyTorch 2.11's cuDNN comes first in scaled dot product attention on an H100 and plans anew for every shape, 20 to 40 ms a step of decode;
# the libtorch that the product ships with does not have it. Only peers that keep their shapes are left to it.
run() { TORCH_CUDNN_SDPA_DEPRIORITIZED=1 LD_LIBRARY_PATH="${torch_libraries:+$torch_libraries:}${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$driver" "$measure" "$@"; }
peers() { python3 "$here/peers.py" --checkpoint "$checkpoint" --out "$lines" --device "$device" "$@"; }
export -f run peers; export measure driver torch_libraries here checkpoint lines device

# Without NVML the program cannot ask: leave weights, activations and what others hold.
if [ -z "${KV_GB:-}" ] && [ "$device" != cpu ] && [ "$quick" = 0 ] && [ "$shape" = smollm3-3b ]; then
  memory=$(nvidia-smi --query-gpu=memory.total --format=csv,noheader,nounits 2>/dev/null | head -1) && [ -n "$memory" ] && KV_GB=$((memory * 92 / 100000 - 15))
fi
common=(--out "$lines" --device "$device" --shape "$shape" ${KV_GB:+--kv-gb "$KV_GB"}); weights=("${common[@]}" --checkpoint "$checkpoint")
if [ "$quick" = 1 ]; then
  short=64; middle=256; long=512; total=1024; steps=200; tokens=8; sweep=128
  load=(--documents 6 --shortest 50 --longest 400 --max-tokens 8); small=("${load[@]}")
else
  short=1024; middle=16384; long=131008; total=131072; steps=10000; tokens=64; sweep=4096
  load=(); small=(--documents 16 --longest 20000)
fi

phase facts 120 bash -c "$(declare -f facts); facts"
# If this fails nothing of ours runs, and there is nothing to compare peers with.
phase reference-Float32 300 bash -c 'run reference "$@"' - --data "$data" --out "$lines" --device "$device" --dtype Float32
[ -e "$marks/reference-Float32" ] || [ "$waiting" = 1 ] || { cat "$results/log/reference-Float32.err" >&2; exit 4; }
phase checkpoint 300 bash -c 'run checkpoint "$@"' - "$checkpoint" "${common[@]}" "${load[@]}"
for type in BFloat16 Float16; do
  phase "reference-$type" 300 bash -c 'run reference "$@"' - --data "$data" --out "$lines" --device "$device" --dtype "$type"
done
phase decode-short 180 bash -c 'run bench "$@"' - "${weights[@]}" --batch 1,8,32 --prompt "$short,$((2 * short))" --max-tokens "$tokens"
phase decode-middle 240 bash -c 'run bench "$@"' - "${weights[@]}" --batch 1,8,32 --prompt "$middle" --max-tokens "$tokens"
phase mixed 300 bash -c 'run mixed "$@"' - "${weights[@]}" "${load[@]}"
phase mixed-small 120 bash -c 'run mixed "$@"' - "${weights[@]}" "${small[@]}"
# The version before, in the same run: what the fused kernels are worth.
phase decode-plain 240 bash -c 'run bench "$@"' - "${weights[@]}" --batch 1,8,32 --prompt "$short" --max-tokens "$tokens" --plain
phase mixed-small-plain 180 bash -c 'run mixed "$@"' - "${weights[@]}" "${small[@]}" --plain
phase long 240 bash -c 'run long "$@"' - "${weights[@]}" --tokens "$total" --max-tokens "$tokens"
phase peers-mixed-small 300 bash -c 'TORCH_CUDNN_SDPA_DEPRIORITIZED=1 peers "$@"' - --what mixed --load load-small.json
phase peers-static 300 bash -c 'peers "$@"' - --what static --batch 1,32 --prompt "$short,$middle" --max-tokens "$tokens" --most-tokens 300000
phase coldstart-first 120 bash -c 'run coldstart "$@"' - "${weights[@]}"
phase coldstart-second 120 bash -c 'run coldstart "$@"' - "${weights[@]}"
phase decode-long 300 bash -c 'run bench "$@"' - "${weights[@]}" --batch 1,8 --prompt "$long" --max-tokens "$tokens"
phase decode-middle-plain 240 bash -c 'run bench "$@"' - "${weights[@]}" --batch 1,32 --prompt "$middle" --max-tokens "$tokens" --plain
phase larger-chunks 240 bash -c 'run bench "$@"' - "${weights[@]}" --batch 1 --prompt "$((2 * short)),$middle" --max-tokens "$tokens" --step-tokens "$sweep"
phase decode-float16 180 bash -c 'run bench "$@"' - "${weights[@]}" --batch 1 --prompt "$short,$middle" --max-tokens "$tokens" --dtype Float16
phase steps 420 bash -c 'run steps "$@"' - "${weights[@]}" --count "$steps"
phase peers-mixed 480 bash -c 'TORCH_CUDNN_SDPA_DEPRIORITIZED=1 peers "$@"' - --what mixed
phase mixed-larger-chunks 300 bash -c 'run mixed "$@"' - "${weights[@]}" "${load[@]}" --step-tokens "$sweep"

[ "$waiting" = 1 ] && { note "not all of it has run: call again"; exit 3; }
exit "$failed"
