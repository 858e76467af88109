"""Tables of a network, without building it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

import resnet_dsl
from resnet_dsl.analysis import largest_batch, memory
from resnet_dsl.analysis.parts import parts
from resnet_dsl.analysis.saved_tensors import saved_for_backward
from resnet_dsl.backends.tables import EXTRAS, FORMATS, LEVELS, Level
from resnet_dsl.backends.tables.shortcuts import explain
from resnet_dsl.backends.tables.summary import summary

DATA = Path(__file__).parent.parent / "data"


@pytest.mark.parametrize(("name", "rows"), [("resnet18", 68), ("resnet50_v1", 174)])
def test_torchsummarys_table_has_the_rows_of_the_article(name: str, rows: int) -> None:
    """The same layer names, order, output shapes and parameters as the article's tables, with batch size 64."""
    with (DATA / f"seed_{name}.csv").open(newline="") as file:
        recorded = list(csv.DictReader(file))
    lines = summary(resnet_dsl.lower(resnet_dsl.load(name)), "torchsummary", 64).splitlines()
    expected = [
        f"{row['layer']}-{row['index']}".rjust(20)
        + f"[{row['output_shape']}]".rjust(27)
        + f"{int(row['params']):,}".rjust(16)
        for row in recorded
    ]
    assert len(expected) == rows
    assert lines[3 : 3 + rows] == expected


@pytest.mark.parametrize(
    ("name", "totals"),
    [
        ("resnet18", ("36.75", "4018.74", "44.59")),
        ("resnet50_v1", ("36.75", "17567.99", "97.49")),
    ],
)
def test_torchsummarys_totals_are_those_of_the_article(name: str, totals: tuple[str, str, str]) -> None:
    """Mebibytes of input, passes and parameters; the article's 15,200.01 for ResNet-50 had overflowed 32 bits."""
    text = summary(resnet_dsl.lower(resnet_dsl.load(name)), "torchsummary", 64)
    figures = [line.rpartition(" ")[2] for line in text.splitlines() if "(MB)" in line]
    assert tuple(figures[:3]) == totals


TINY = {
    "name": "tiny",
    "input": {"size": [9, 8]},
    "stem": {"channels": 4, "kernel": 3, "stride": 1, "pool": "none"},
    "block": {"type": "basic"},
    "stages": {"depths": [1], "widths": [6]},
    "head": {"classes": 10},
}


def test_the_table_lists_every_operation_with_its_costs() -> None:
    """Path, kind, output shape, parameters and multiply-accumulates in columns, with their totals."""
    lines = summary(resnet_dsl.lower(resnet_dsl.load(TINY))).splitlines()
    same = ("3×3", "1", "1", "1", "1")
    assert lines[0] == "tiny: depth 4, input 3×9×8"
    assert " ".join(lines[2].split()) == (
        "path kind kernel stride padding dilation groups input shape output shape parameters share MACs share"
    )
    assert [line.split() for line in lines[4:-2]] == [
        ["conv1", "Conv2d", *same, "3×9×8", "4×9×8", "108", "13.7%", "7,776", "16.1%"],
        ["bn1", "BatchNorm2d", "4×9×8", "4×9×8", "8", "1.0%"],
        ["act1", "ReLU", "4×9×8", "4×9×8"],
        ["layer1.0.conv1", "Conv2d", *same, "4×9×8", "6×9×8", "216", "27.5%", "15,552", "32.1%"],
        ["layer1.0.bn1", "BatchNorm2d", "6×9×8", "6×9×8", "12", "1.5%"],
        ["layer1.0.act1", "ReLU", "6×9×8", "6×9×8"],
        ["layer1.0.conv2", "Conv2d", *same, "6×9×8", "6×9×8", "324", "41.2%", "23,328", "48.2%"],
        ["layer1.0.bn2", "BatchNorm2d", "6×9×8", "6×9×8", "12", "1.5%"],
        ["layer1.0.downsample.0", "Conv2d", "1×1", "1", "0", "1", "1", "4×9×8", "6×9×8", "24", "3.1%", "1,728", "3.6%"],
        ["layer1.0.downsample.1", "BatchNorm2d", "6×9×8", "6×9×8", "12", "1.5%"],
        ["layer1.0.add", "Add", "6×9×8", "6×9×8"],
        ["layer1.0.act2", "ReLU", "6×9×8", "6×9×8"],
        ["avgpool", "AdaptiveAvgPool2d", "6×9×8", "6×1×1"],
        ["flatten", "Flatten", "6×1×1", "6"],
        ["fc", "Linear", "6", "10", "70", "8.9%", "60", "0.1%"],
    ]
    assert lines[-1].split() == ["total", "10", "786", "100%", "48,444", "100%"]
    assert len({len(line) for line in (lines[1], lines[2], lines[3], lines[-1])}) == 1


def test_sums_have_a_row_for_every_stage_or_block_and_for_stem_and_head() -> None:
    """With the shape that goes in and the one that comes out, and the number of blocks of a stage."""
    graph = resnet_dsl.lower(TINY | {"stages": {"depths": [2, 1], "widths": [6, 8]}})
    assert [line.split() for line in summary(graph, by="stage").splitlines()[4:]] == [
        ["stem", "3×9×8", "4×9×8", "116", "4.5%", "7,776", "6.7%"],
        ["layer1", "BasicBlock", "2", "4×9×8", "6×9×8", "1,272", "49.3%", "87,264", "75.1%"],
        ["layer2", "BasicBlock", "1", "6×9×8", "8×5×4", "1,104", "42.8%", "21,120", "18.2%"],
        ["head", "8×5×4", "10", "90", "3.5%", "80", "0.1%"],
        ["-" * 88],
        ["total", "3", "10", "2,582", "100%", "116,240", "100%"],
    ]
    assert [line.split()[0] for line in summary(graph, by="block").splitlines()[4:-2]] == [
        "stem", "layer1.0", "layer1.1", "layer2.0", "head",
    ]  # fmt: skip
    assert resnet_dsl.summary(graph, by="stage") == summary(graph, by="stage")


def test_programs_get_the_sums_too() -> None:
    """In JSON under the name of the level, in CSV as rows, with the same fields."""
    graph = resnet_dsl.lower("resnet50")
    counts: list[tuple[Level, int]] = [("stage", 6), ("block", 18)]
    for by, count in counts:
        document = json.loads(summary(graph, "json", by=by))
        rows = list(csv.DictReader(io.StringIO(summary(graph, "csv", by=by))))
        assert len(document[f"{by}s"]) == len(rows) == count
        assert sum(part["parameters"] for part in document[f"{by}s"]) == graph.parameters
        assert [part["path"] for part in document[f"{by}s"]] == [row["path"] for row in rows]
        assert list(document[f"{by}s"][0]) == list(rows[0])
    assert document["blocks"][1] == {
        "path": "layer1.0",
        "kind": "Bottleneck",
        "output_shape": [256, 56, 56],
        "parameters": 75_008,
        "macs": 231_211_008,
        "flops": 462_422_016,
        "saved_for_backward": 13_652_992,
        "receptive_field": [19, 19],
        "receptive_field_jump": [4, 4],
        "receptive_field_start": [-9, -9],
        "sees_whole_input": False,
        "input_shape": [64, 56, 56],
        "blocks": 1,
        "parameters_percent": 0.2935,
        "macs_percent": 5.6542,
    }


def test_programs_get_the_windows() -> None:
    """Kernel, stride, padding, dilation and groups of every operation that has a window; null and empty elsewhere."""
    graph = resnet_dsl.lower("resnext50_32x4d")
    layers = {layer["path"]: layer for layer in json.loads(summary(graph, "json"))["layers"]}
    names = ("kernel", "stride", "padding", "dilation", "groups")
    assert [layers["layer2.0.conv2"][name] for name in names] == [[3, 3], 2, 1, 1, 32]
    assert [layers["maxpool"][name] for name in names] == [[3, 3], 2, 1, 1, None]
    assert [layers["fc"][name] for name in names] == [None] * 5
    rows = {row["path"]: row for row in csv.DictReader(io.StringIO(summary(graph, "csv")))}
    assert [rows["layer2.0.conv2"][name] for name in names] == ["3x3", "2", "1", "1", "32"]
    assert [rows["fc"][name] for name in names] == [""] * 5


@pytest.mark.parametrize("by", LEVELS)
@pytest.mark.parametrize("name", ["resnet50", "seresnet50", "resnet20"])
def test_a_table_fits_its_width_and_never_cuts_a_number(name: str, by: Level) -> None:
    """Only a width that the path and the numbers do not fit is exceeded; every number is there at any width."""
    graph = resnet_dsl.lower(name)
    whole = summary(graph, by=by)
    parameters, macs = f"{graph.parameters:,}", f"{graph.macs:,}"
    previous = 0
    for width in range(1, max(map(len, whole.splitlines())) + 1):
        table = summary(graph, by=by, width=width)
        assert max(map(len, table.splitlines()[1:])) <= max(width, 12 + len("output shape") + 10 + 13 + 6)
        assert table.splitlines()[0] == whole.splitlines()[0]
        for part in parts(graph, "stage" if by == "layer" else by):
            assert all(f"{node.macs:,}" in table for node in part.nodes) if by == "layer" else f"{part.macs:,}" in table
        assert parameters in table
        assert macs in table
        columns = len(table.splitlines()[2].split())
        assert columns >= previous
        previous = columns
    assert table == whole


def test_columns_give_way_by_what_they_say() -> None:
    """First those in which all values are the usual ones, last kernel and stride, then the kind of layer."""

    def header(name: str, width: int) -> str:
        return " ".join(summary(resnet_dsl.lower(name), width=width).splitlines()[2].split())

    assert header("resnext50_32x4d", 120) == "path kind kernel stride padding groups output shape parameters MACs"
    assert header("resnet50", 110) == "path kind kernel stride padding output shape parameters MACs"
    assert header("resnet50", 100) == "path kind kernel stride output shape parameters MACs"
    assert header("resnet50", 80) == "path kind output shape parameters MACs"
    assert header("resnet50", 60) == "path output shape parameters MACs"
    note = summary(resnet_dsl.lower("resnet50"), width=100).splitlines()[-1]
    assert note == "left out to fit 100 columns: padding, dilation, groups, input shape, share"


def test_the_note_says_what_a_narrow_table_does() -> None:
    """What is left out, what is shortened, and how wide the table is if it does not fit."""
    graph = resnet_dsl.lower("resnet50")

    def note(width: int) -> str:
        return " ".join(summary(graph, by="stage", width=width).partition("total")[2].splitlines()[1:])

    assert note(70) == "left out to fit 70 columns: blocks, input shape, share"
    assert note(58) == "left out to fit 58 columns: blocks, input shape, share; shortened: kind"
    assert note(20) == "left out: kind, blocks, input shape, share; the rest takes 47 columns"
    assert max(map(len, summary(graph, by="stage", width=20).splitlines())) == 47


def test_torchsummarys_table_lists_layers_only() -> None:
    """The package has nothing that adds them up."""
    graph = resnet_dsl.lower("resnet20")
    with pytest.raises(resnet_dsl.EnvironmentFault, match="lists layers only, not stages"):
        summary(graph, "torchsummary", by="stage")


def test_an_unknown_level_is_a_fault() -> None:
    """With the levels that there are."""
    with pytest.raises(resnet_dsl.EnvironmentFault, match="`stage`"):
        resnet_dsl.summary("resnet20", by="stages")  # type: ignore[arg-type]


def test_a_batch_size_is_the_first_dimension_of_every_shape() -> None:
    """In every format, for input, layers and output."""
    graph = resnet_dsl.lower(resnet_dsl.load(TINY))
    document = json.loads(summary(graph, "json", 5))
    assert document["input_shape"] == [5, 3, 9, 8]
    assert document["output_shape"] == [5, 10]
    assert {layer["output_shape"][0] for layer in document["layers"]} == {5}
    assert "5×6×9×8" in summary(graph, "table", 5)
    assert "5x6x9x8" in summary(graph, "csv", 5)


def test_json_and_csv_have_the_facts_of_the_graph() -> None:
    """Name, depth, totals, and a record for every operation except the input."""
    graph = resnet_dsl.lower(resnet_dsl.load("resnet50"))
    document = json.loads(summary(graph, "json"))
    rows = list(csv.DictReader(io.StringIO(summary(graph, "csv"))))
    facts = (document["name"], document["depth"], document["parameters"], document["macs"])
    assert facts == ("resnet50", 50, 25_557_032, 4_089_184_256)
    assert [layer["path"] for layer in document["layers"]] == [node.name for node in graph.nodes[1:]]
    assert sum(layer["macs"] for layer in document["layers"]) == sum(int(row["macs"]) for row in rows) == graph.macs
    assert [row["output_shape"] for row in rows] == ["x".join(map(str, node.shape)) for node in graph.nodes[1:]]


def test_programs_get_memory_and_the_largest_batch() -> None:
    """In bytes, for the batch, the optimizer and the precision asked for; the rows make up the total."""
    graph = resnet_dsl.lower("resnet18")
    text = summary(graph, "json", 8, optimizer="adam", autocast=True, capacity=10**9)
    document = json.loads(text)
    found = memory(graph, 8, optimizer="adam", autocast=True)
    assert document["memory"] == {
        "batch_size": 8,
        "saved_for_backward": found.saved_for_backward,
        "inference_peak": found.inference_peak,
        "parameters": 4 * graph.parameters,
        "gradients": 4 * graph.parameters,
        "optimizer": 8 * graph.parameters,
        "training": found.training,
        "capacity": 10**9,
        "largest_batch": largest_batch(graph, 10**9, optimizer="adam", autocast=True),
    }
    assert document["flops"] == 2 * graph.macs
    assert document["receptive_field"] == [435, 435]
    for by in LEVELS:
        rows = json.loads(summary(graph, "json", 8, by=by, autocast=True))[f"{by}s"]
        assert sum(row["saved_for_backward"] for row in rows) == found.saved_for_backward


def test_a_table_shows_flops_memory_and_receptive_fields_where_they_are_asked_for() -> None:
    """In columns beside the others, and in sentences below; plainly, none of them."""
    graph = resnet_dsl.lower(TINY)
    titles = ("FLOPs", "saved bytes", "field", "jump", "start")
    assert not any(title in summary(graph) for title in titles)
    found = memory(graph, 2, optimizer="momentum")
    text = summary(graph, batch_size=2, by="stage", extras=EXTRAS, optimizer="momentum", capacity=10**4)
    rows = [line.split() for line in text.splitlines()]
    assert rows[2][-6:] == ["FLOPs", "saved", "bytes", "field", "jump", "start"]
    assert rows[5][-5:] == ["81,216", f"{rows_saved(graph, 'layer1'):,}", "7", "1", "-3"]
    assert rows[6][-4:] == ["120", "48", "15×14,", "all"]
    assert rows[8][-2:] == [f"{2 * graph.macs:,}", f"{found.saved_for_backward:,}"]
    assert text.splitlines()[9:] == [
        "one multiply-accumulate (MAC) is two floating-point operations (FLOPs): a multiplication and an addition",
        f"training in float32 with momentum, a batch of 2: {found.training:,} bytes ({found.training / 1000:.1f} kB)",
        f"  saved for backward {found.saved_for_backward / 1000:.1f} kB, parameters 3.14 kB, gradients 3.14 kB, "
        "optimizer 3.14 kB",
        f"evaluation in float32, a batch of 2: {found.inference_peak / 1000:.1f} kB at its peak, beside the parameters",
        "training with a batch of 2 does not fit into 10.0 kB; no batch does",
    ]


def rows_saved(graph: resnet_dsl.Graph, stage: str) -> int:
    """What the operations of a stage make a training pass with two inputs keep."""
    return sum(size for name, size in saved_for_backward(graph, 2).items() if name.startswith(stage))


def test_what_fits_is_said_in_one_line() -> None:
    """With the largest batch that does."""
    graph = resnet_dsl.lower("resnet50")
    last = summary(graph, batch_size=64, optimizer="adam", capacity=24 * 10**9).splitlines()[-1]
    assert last == "training with a batch of 64 fits into 24.0 GB; the largest batch that does is 274"


@pytest.mark.parametrize(
    "wanted", [{"optimizer": "sgd"}, {"optimizer": "adam"}, {"autocast": True}, {"capacity": "1GB"}]
)
def test_what_decides_on_memory_makes_a_table_say_it(wanted: dict[str, Any]) -> None:
    """Without the column, the sentences below are those that it comes with: no option does nothing."""
    graph = resnet_dsl.lower(TINY)
    plain, with_column = summary(graph), summary(graph, extras=["memory"], **wanted)
    found = summary(graph, **wanted)
    assert found.startswith(plain)
    assert found.removeprefix(plain).startswith("training in ")
    assert with_column.endswith(found.removeprefix(plain))


@pytest.mark.parametrize(
    ("format_", "wanted", "message", "formats"),
    [
        ("torchsummary", {"extras": ["flops"]}, "columns beside its own", "`table`, `json`, `csv`"),
        ("torchsummary", {"optimizer": "sgd"}, "state of an optimizer", "`table`, `json`"),
        ("torchsummary", {"autocast": True}, "memory under autocast", "`table`, `json`, `csv`"),
        ("torchsummary", {"capacity": 1}, "largest batch", "`table`, `json`"),
        ("csv", {"optimizer": "adam"}, "state of an optimizer", "`table`, `json`"),
        ("csv", {"capacity": 0}, "largest batch", "`table`, `json`"),
    ],
)
def test_what_a_format_cannot_show_is_a_fault(format_: str, wanted: dict[str, Any], message: str, formats: str) -> None:
    """Rather than left out, with the formats that can; those take it."""
    with pytest.raises(resnet_dsl.EnvironmentFault) as caught:
        resnet_dsl.summary(resnet_dsl.lower(TINY), format_, **wanted)
    (fault,) = caught.value.diagnostics
    assert fault.message == f"the format `{format_}` has no {message}"
    assert fault.helps == (f"formats with it are {formats}",)
    for other in formats.replace("`", "").split(", "):
        assert resnet_dsl.summary(resnet_dsl.lower(TINY), other, **wanted)


def test_a_capacity_may_be_an_amount() -> None:
    """As for `--fit-in`; what is none is a fault."""
    graph = resnet_dsl.lower(TINY)
    assert resnet_dsl.summary(graph, capacity="16 MiB") == resnet_dsl.summary(graph, capacity=2**24)
    wrong: Any
    for wrong in ("24", "much", -1, 1e9):
        with pytest.raises(resnet_dsl.EnvironmentFault, match=f"such as `24GB` or `16GiB`, found `{wrong}`"):
            resnet_dsl.summary(graph, capacity=wrong)


def test_a_batch_has_at_least_one_input() -> None:
    """In every format."""
    for format_ in FORMATS:
        with pytest.raises(ValueError, match="the batch size must be at least 1, found 0"):
            resnet_dsl.summary("resnet20", format_, batch_size=0)


@pytest.mark.parametrize(("option", "value"), [("extras", ["flop"]), ("optimizer", "adm")])
def test_an_unknown_column_or_optimizer_is_a_fault(option: str, value: object) -> None:
    """The help names a similar one."""
    with pytest.raises(resnet_dsl.EnvironmentFault) as caught:
        resnet_dsl.summary("resnet18", **{option: value})  # type: ignore[arg-type]
    (fault,) = caught.value.diagnostics
    assert (fault.code, len(fault.helps)) == ("RD513", 1)


def explained(**changes: object) -> list[str]:
    return explain(resnet_dsl.lower(resnet_dsl.load({**TINY, **changes}))).splitlines()


def test_explain_gives_the_shortcut_of_every_block_and_the_reason() -> None:
    """Identity, projection, padding or none, with channels and stride if they change."""
    stages = {"depths": [2, 1, 1], "widths": [4, 8, 8]}
    assert explained(stages=stages) == [
        "layer1.0: identity: the shapes are equal",
        "layer1.1: identity: the shapes are equal",
        "layer2.0: projection 4→8 stride 2: channels and size differ",
        "layer3.0: projection 8→8 stride 2: the size differs",
    ]
    assert explained(stages=stages, shortcut={"type": "padding"})[2:] == [
        "layer2.0: padding 4→8 stride 2: channels and size differ",
        "layer3.0: padding 8→8 stride 2: the size differs",
    ]
    assert explained(stages=stages, shortcut={"type": "none"})[2] == "layer2.0: no shortcut: the network is plain"
    always = explained(stages=stages, shortcut={"when": "always"})
    assert always[1] == "layer1.1: projection 4→4: `shortcut.when` is `always`"
    assert explained()[0] == "layer1.0: projection 4→6: channels differ"
