"""Computes with PyTorch what the tests expect, and writes operations.json beside this file.

    python3 make_fixtures.py

Each case names an operation of OperationCases.cs, its arguments and its results. Tensors are {type, shape, data};
numbers that JSON lacks are the strings nan, inf and -inf. Made with PyTorch 2.6.
"""

import json
import math
import pathlib

import torch

TYPES = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16, "i64": torch.int64, "bool": torch.bool, "f64": torch.float64}
NAMES = {v: k for k, v in TYPES.items()}
cases = []


# Digits that tell the numbers of a type apart.
DIGITS = {torch.float32: 9, torch.bfloat16: 4, torch.float16: 5, torch.float64: 17}


def number(x, digits=17):
    if isinstance(x, float):
        return float(f"{x:.{digits}g}") if math.isfinite(x) else str(x)
    return x


def tensor(t):
    wide = t.detach().to(torch.float64) if t.is_floating_point() else t
    return {"type": NAMES[t.dtype], "shape": list(t.shape), "data": [number(x, DIGITS.get(t.dtype)) for x in wide.flatten().tolist()]}


def case(op, inputs, results, tolerance=0.0, **arguments):
    if not isinstance(results, (tuple, list)):
        results = [results]
    cases.append({
        "op": op,
        "inputs": [tensor(t) for t in inputs],
        "arguments": {k: number(v) for k, v in arguments.items()},
        "results": [tensor(t) for t in results],
        "tolerance": tolerance,
    })


def draw(*shape, dtype=torch.float32, scale=2.0):
    return (torch.randn(shape) * scale).to(dtype)


def lift(function, *tensors):
    """The 16-bit types compute in float32, numbers among the operands unrounded, and round once at the end.
    Sums with a number are the exception: libtorch rounds the number first."""
    dtype = tensors[0].dtype
    if dtype not in (torch.float16, torch.bfloat16):
        return function(*tensors)
    result = function(*(t.float() for t in tensors))
    return result.to(dtype) if result.is_floating_point() else result


torch.manual_seed(20251)
EDGES = torch.tensor([0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e-40, -1e-40, 3e38, 65504.0, 1e-5, 88.0, -88.0, 104.0, -104.0, 0.5, 1.5, 2.5, -2.5])

FLOATS = [("f32", 2e-6), ("bf16", 8e-3), ("f16", 1e-3)]

for name, ulp in FLOATS:
    dtype = TYPES[name]
    for shapes in [((3, 5), (3, 5)), ((2, 1, 4), (3, 1)), ((7,), ())]:
        a, b = draw(*shapes[0], dtype=dtype), draw(*shapes[1], dtype=dtype)
        case("add", [a, b], lift(lambda a, b: a + b, a, b))
        case("sub", [a, b], lift(lambda a, b: a - b, a, b))
        case("mul", [a, b], lift(lambda a, b: a * b, a, b))
        case("div", [a, b], lift(lambda a, b: a / b, a, b))
        case("maximum", [a, b], lift(lambda a, b: torch.maximum(a, b), a, b))
        case("floor_divide", [a, b], lift(lambda a, b: torch.div(a, b, rounding_mode="floor"), a, b))
        case("lt", [a, b], lift(lambda a, b: a < b, a, b))
        case("ge", [a, b], lift(lambda a, b: a >= b, a, b))
        case("eq", [a, b], lift(lambda a, b: a == b, a, b))
    a = draw(2, 19, dtype=dtype)
    for value in [0.3, -2.0, 7]:
        case("add_scalar", [a], a + value, value=value)
        case("mul_scalar", [a], lift(lambda a: a * value, a), value=value)
        case("div_scalar", [a], lift(lambda a: a / value, a), tolerance=ulp / 8, value=value)
        case("gt_scalar", [a], lift(lambda a: a > value, a), value=value)
    for op in ["exp", "silu", "sigmoid", "relu", "neg", "abs", "floor", "ceil", "tanh", "cos", "sin", "round", "reciprocal"]:
        x = torch.cat([draw(20, dtype=dtype), EDGES[:4].to(dtype)])
        result = lift(torch.nn.functional.silu if op == "silu" else getattr(torch, op), x)
        case(op, [x], result, tolerance=ulp)
    x = draw(20, dtype=dtype).abs() + 0.01
    for op in ["sqrt", "rsqrt", "log"]:
        case(op, [x], lift(getattr(torch, op), x), tolerance=ulp)
    case("pow_scalar", [x], lift(lambda x: x.pow(2), x), value=2)
    case("pow_scalar", [x], lift(lambda x: x.pow(-0.5), x), tolerance=ulp, value=-0.5)
    for dims in [[-1], [0], [0, 2]]:
        x = draw(2, 3, 19, dtype=dtype)
        case("mean", [x], x.float().mean(dims).to(dtype), tolerance=ulp, dims=dims)
        case("sum", [x], x.double().sum(dims).to(dtype), tolerance=ulp * 4, dims=dims)
        case("amax", [x], x.amax(dims), dims=dims)
    for dim in [-1, 0]:
        x = draw(3, 19, dtype=dtype)
        case("softmax", [x], torch.softmax(x.float(), dim).to(dtype), tolerance=ulp, dim=dim)
        case("log_softmax", [x], torch.log_softmax(x.float(), dim).to(dtype), tolerance=ulp, dim=dim)
        case("cumsum", [x], x.double().cumsum(dim).to(dtype), tolerance=ulp * 4, dim=dim)
    a, b = draw(2, 2, 33, dtype=dtype), draw(2, 33, 3, dtype=dtype)
    case("matmul", [a, b], torch.matmul(a.double(), b.double()).to(dtype), tolerance=ulp * 4)
    case("matmul", [a, b[0]], torch.matmul(a.double(), b[0].double()).to(dtype), tolerance=ulp * 4)
    w, bias = draw(5, 33, dtype=dtype), draw(5, dtype=dtype)
    case("linear", [a, w], torch.nn.functional.linear(a.double(), w.double()).to(dtype), tolerance=ulp * 4)
    case("linear", [a, w, bias], torch.nn.functional.linear(a.double(), w.double(), bias.double()).to(dtype), tolerance=ulp * 4)

    def attention(q, k, v, mask=None):
        scores = q.double() @ k.double().transpose(-2, -1) / math.sqrt(q.shape[-1])
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf) if mask.dtype == torch.bool else scores + mask.double()
        return (torch.softmax(scores, -1) @ v.double()).to(q.dtype)

    q, k, v = draw(1, 2, 6, 16, dtype=dtype, scale=1), draw(1, 2, 9, 16, dtype=dtype, scale=1), draw(1, 2, 9, 8, dtype=dtype, scale=1)
    case("attention", [q, k, v], attention(q, k, v), tolerance=ulp * 4)
    mask = torch.rand(6, 9) > 0.4
    mask[:, 2] = True
    case("attention", [q, k, v, mask], attention(q, k, v, mask), tolerance=ulp * 4)
    mask = draw(1, 1, 6, 9, dtype=dtype)
    case("attention", [q, k, v, mask], attention(q, k, v, mask), tolerance=ulp * 4)
    case("causal_attention", [q, k, v], attention(q, k, v, torch.ones(6, 9).tril().bool()), tolerance=ulp * 4)

x = torch.cat([draw(40, scale=100), EDGES])
for target in ["bf16", "f16"]:
    case("to", [x], x.to(TYPES[target]), type=target)
finite = draw(20, scale=100)
case("to", [finite], finite.to(torch.int64), type="i64")
case("to", [finite.round()], finite.round().bool(), type="bool")
case("isnan", [x], x.isnan())
case("isinf", [x], x.isinf())
case("isfinite", [x], x.isfinite())

ties = torch.tensor([[3.0, 1.0, 3.0, math.nan, -math.inf, 2.0, 1.0, math.inf], [0.0, -0.0, 5.0, 5.0, 5.0, -1.0, 7.0, 0.0]])
for descending in [False, True]:
    values, indices = ties.sort(dim=-1, descending=descending, stable=True)
    case("sort", [ties], [values, indices], dim=-1, descending=descending)
distinct = torch.randperm(60).float().view(3, 20) - 30
for largest in [False, True]:
    values, indices = distinct.topk(4, -1, largest=largest)
    case("topk", [distinct], [values, indices], k=4, dim=-1, largest=largest)
    values, indices = distinct.topk(2, 0, largest=largest)
    case("topk", [distinct], [values, indices], k=2, dim=0, largest=largest)
for dim in [0, 1]:
    case("argmax", [ties], ties.argmax(dim), dim=dim)
    case("argmin", [ties], ties.argmin(dim), dim=dim)
    case("max_dim", [distinct], list(distinct.max(dim)), dim=dim)

a, b = torch.arange(-7, 8), torch.tensor([3, -3, 2])
case("add", [a.view(5, 3), b], a.view(5, 3) + b)
case("mul", [a.view(5, 3), b], a.view(5, 3) * b)
case("div", [a.view(5, 3), b], a.view(5, 3) / b)
case("floor_divide", [a.view(5, 3), b], torch.div(a.view(5, 3), b, rounding_mode="floor"))
case("remainder", [a.view(5, 3), b], torch.remainder(a.view(5, 3), b))
mixed = draw(3, dtype=torch.bfloat16)
case("mul", [a.view(5, 3), mixed], a.view(5, 3) * mixed)
wide = draw(3)
case("mul", [wide, mixed], wide * mixed)
case("sum", [a.view(5, 3)], a.view(5, 3).sum([1]), dims=[1])
case("cumsum", [a.view(5, 3)], a.view(5, 3).cumsum(0), dim=0)

x = draw(4, 6, dtype=torch.bfloat16)
for diagonal in [-2, 0, 3]:
    case("tril", [x], x.tril(diagonal), diagonal=diagonal)
    case("triu", [x], x.triu(diagonal), diagonal=diagonal)
mask = torch.rand(4, 1) > 0.5
case("masked_fill", [x, mask], x.masked_fill(mask, -1.5), value=-1.5)
condition, other = torch.rand(4, 6) > 0.5, draw(6, dtype=torch.bfloat16)
case("where", [condition, x, other], torch.where(condition, x, other.expand(4, 6)))
index = torch.tensor([2, 0, 2, 3])
case("index_select", [x, index], x.index_select(0, index), dim=0)
case("index_select", [x, index], x.index_select(1, index), dim=1)
unique = torch.tensor([3, 1])
rows = draw(2, 6, dtype=torch.bfloat16)
case("index_copy", [x, unique, rows], x.index_copy(0, unique, rows), dim=0)
case("index_add", [x, unique, rows], x.index_add(0, unique, rows, alpha=2), dim=0, alpha=2)
picks = torch.randint(0, 4, (2, 6))
case("gather", [x, picks], x.gather(0, picks), dim=0)
places = torch.stack([torch.randperm(6)[:3] for _ in range(4)])
source = draw(4, 3, dtype=torch.bfloat16)
case("scatter", [x, places, source], x.scatter(1, places, source), dim=1)
more = draw(4, 2, dtype=torch.bfloat16)
case("cat", [x, more], torch.cat([x, more], 1), dim=1)
case("stack", [x, x * 2], torch.stack([x, x * 2], 1), dim=1)
case("nonzero", [condition], condition.nonzero())
case("repeat", [x], x.repeat(2, 1, 3), sizes=[2, 1, 3])
case("repeat_interleave", [x], x.repeat_interleave(3, 1), repeats=3, dim=1)
case("arange", [], torch.arange(-3, 11, 4), start=-3, stop=11, step=4)
case("arange", [], torch.arange(0.5, 2.0, 0.3), start=0.5, stop=2.0, step=0.3)
for seed in [0, 1, 20251]:
    torch.manual_seed(seed)
    case("rand", [], torch.rand(5), seed=seed, size=5)
    torch.manual_seed(seed)
    case("randn", [], torch.randn(37), tolerance=2e-6, seed=seed, size=37)

path = pathlib.Path(__file__).parent / "operations.json"
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print(f"{len(cases)} cases, {path.stat().st_size} bytes")
