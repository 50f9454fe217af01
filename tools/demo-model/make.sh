#!/usr/bin/env bash
# Makes the demo model from nothing: tokenizer, prompts, training, checks, evaluation, installation.
#
#   make.sh              everything; on one GPU about an hour, on two CPU cores with AVX-512 and bfloat16 about five
#   make.sh train        one step of it: tests | tokenizer | prompts | train | check | evaluate | long | install
#   make.sh toy          the same path on one CPU core, small and short, to see that it works
#
# PYTHON names a Python with PyTorch (2.4 or later; 1.13 will do for the toy). Without a GPU it trains the model that ships, with one the
# larger one of config.json; SIZE=cpu or SIZE=gpu chooses. Steps that ask the product need the .NET 10 SDK and are left out, with a message,
# where it is missing. TRAIN_FLAGS adds options to train.py: with "--minutes 25" training stops after that time, and the same command goes on
# from there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
python=${PYTHON:-python3}
out=${OUT_DIR:-runs/demo}
model=../../src/SmolLM3.Batch.Cli/DemoModel

product() { command -v dotnet >/dev/null || { echo "make.sh: $1 needs the .NET SDK; left out" >&2; return 1; }; }

tests() { "$python" -m unittest test_demo_model; }
tokenizer() { "$python" train_tokenizer.py; }                                # changes the file that weights depend on: before training only
prompts() { if product prompts; then "$python" dump_prompts.py write; fi; }
same() { if product "comparing prompts"; then "$python" dump_prompts.py check; fi; }
train() {
  local size=${SIZE:-$("$python" -c 'import torch; print("gpu" if torch.cuda.is_available() else "cpu")')}
  # shellcheck disable=SC2086
  if [[ $size == gpu ]]; then
    "$python" train.py --out "$out" ${TRAIN_FLAGS:-}
  else
    local cpu=(--config cpu-config.json --tokens 8192 --workers 0 --device cpu)
    [[ -e $out/first/done ]] || "$python" train.py --out "$out/first" "${cpu[@]}" --curriculum cpu --copying-start --steps 2600 --rate 3e-3 \
      --muon 0.02 --warmup 30 --cooldown 0.45 ${TRAIN_FLAGS:-}
    touch "$out/first/done"
    [[ -e $out/second/done ]] || "$python" train.py --out "$out/second" "${cpu[@]}" --start "$out/first/state.pt" --curriculum cpu-more --seed 2 \
      --steps 2600 --rate 2.5e-3 --muon 0.016 --warmup 40 --cooldown 0.8 ${TRAIN_FLAGS:-}
    touch "$out/second/done"
    "$python" train.py --out "$out" "${cpu[@]}" --start "$out/second/state.pt" --curriculum cpu-more --seed 3 --steps 250 --rate 8e-4 \
      --muon 0.005 --warmup 20 --cooldown 1 ${TRAIN_FLAGS:-}
  fi
}
check() { "$python" greedy_check.py --checkpoint "$out/checkpoint" --count 40 --dump "$out/greedy.jsonl" | tee "$out/greedy.md"; }
engine() { if product "comparing engines"; then "$python" compare_engine.py --checkpoint "$out/checkpoint" --dump "$out/greedy.jsonl"; fi; }
long() { "$python" long_context.py --checkpoint "$out/checkpoint" | tee "$out/long.md"; }
evaluate() { if product evaluation; then "$python" evaluate.py --model "$out/checkpoint" --out "$out/evaluation"; fi; }
install() { cp "$out"/checkpoint/{model.safetensors,config.json} "$model"/; ls -l "$model/model.safetensors"; }

toy() {
  out=${OUT_DIR:-runs/toy}
  "$python" train.py --out "$out" --config toy-config.json --curriculum toy --steps "${TOY_STEPS:-1500}" --tokens 2048 --rate 3e-3 --warmup 60 --workers 0 --threads 1 --device cpu
  "$python" greedy_check.py --checkpoint "$out/checkpoint" --count 10 --clauses 0 --kinds facts clauses summary --threads 1 --dump "$out/greedy.jsonl"
  engine
}

case ${1:-all} in
  all) tests; tokenizer; prompts; same; train; check; engine; long; evaluate; install ;;
  tests | tokenizer | prompts | train | check | evaluate | long | install | toy) "$1" ;;
  *) echo "make.sh: no step '$1'" >&2; exit 2 ;;
esac
