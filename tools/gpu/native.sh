#!/usr/bin/env bash
# Builds TorchSharp's native half against the libtorch of this machine's PyTorch, for a machine that has no NuGet packages.
#   tools/gpu/native.sh SOURCE TARGET
# SOURCE: src/Native/LibTorchSharp of TorchSharp's sources, the release that Directory.Packages.props names. TARGET: where the library goes.
set -euo pipefail
source=$(cd "$1" && pwd); mkdir -p "$2/obj"; target=$(cd "$2" && pwd)

python3 - >"$target/torch.env" <<'PY'
import os, torch
home = torch.__path__[0]
# A distribution's PyTorch has its headers with all others.
include = f"{home}/include" if os.path.isdir(f"{home}/include/torch") else "/usr/include"
paths = [include, f"{include}/torch/csrc/api/include", os.environ.get("CUDA_HOME", "/usr/local/cuda") + "/include"]
print(f"lib={home}/lib")
print("abi=%d" % getattr(torch._C, "_GLIBCXX_USE_CXX11_ABI", True))
print('includes="%s"' % " ".join(f"-isystem {path}" for path in paths if os.path.isdir(path) and path != "/usr/include"))
print("cuda=%d" % torch.backends.cuda.is_built())
PY
. "$target/torch.env"

export target includes abi
compile() {
  object=$target/obj/$(basename "${1%.*}").o
  [ -s "$object" ] && return
  case $1 in
    *.c) gcc -w -O1 -fPIC -c "$1" -o "$object.part" ;;
    *) g++ -std=c++20 -w -O1 -fPIC -fvisibility=hidden -D__LINUX__ "-D_GLIBCXX_USE_CXX11_ABI=$abi" $includes -c "$1" -o "$object.part" ;;
  esac 2>"$object.err" && mv "$object.part" "$object" || { echo "native.sh: $(basename "$1") does not compile and is left out; what it holds is missing at run time:" >&2; head -5 "$object.err" >&2; }
}
export -f compile
cd "$source"
ls ./*.cpp ./*.c | xargs -P "$(nproc)" -I{} bash -c 'compile {}'

cuda_libraries=(); [ "$cuda" = 1 ] && cuda_libraries=(-Wl,--no-as-needed -ltorch_cuda -lc10_cuda)
g++ -shared -o "$target/libLibTorchSharp.so" "$target"/obj/*.o -L"$lib" -Wl,-rpath,"$lib" -ltorch -ltorch_cpu -lc10 "${cuda_libraries[@]}"
ls -l "$target/libLibTorchSharp.so"

# What was left out shows at the first call only, minutes later. One entry point of every file that the engine cannot do without:
missing=0
for entry in THSAutograd_getInferenceModeGuard THSTorchCuda_is_available THSNN_scaled_dot_product_attention THSTensor_new THSTensor_matmul \
  THSTensor_index_select THSTensor_randn THSSpecial_softmax; do
  nm -D --defined-only "$target/libLibTorchSharp.so" | grep -q " $entry\b" || { echo "native.sh: $entry is missing" >&2; missing=1; }
done
nm -D --defined-only "$target/libLibTorchSharp.so" | grep -q " THSJIT_compile\b" || echo "native.sh: THSJIT_compile is missing: the engine does without fused kernels" >&2
[ "$missing" = 0 ]
