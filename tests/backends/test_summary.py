"""Tables of a network, without building it."""

import csv
import io
import json
from pathlib import Path

import pytest

import resnet_dsl
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
    assert lines[0] == "tiny: depth 4, input 3×9×8"
    assert lines[2].split() == ["path", "kind", "output", "shape", "parameters", "MACs"]
    assert [line.split() for line in lines[4:-2]] == [
        ["conv1", "Conv2d", "4×9×8", "108", "7,776"],
        ["bn1", "BatchNorm2d", "4×9×8", "8"],
        ["act1", "ReLU", "4×9×8"],
        ["layer1.0.conv1", "Conv2d", "6×9×8", "216", "15,552"],
        ["layer1.0.bn1", "BatchNorm2d", "6×9×8", "12"],
        ["layer1.0.act1", "ReLU", "6×9×8"],
        ["layer1.0.conv2", "Conv2d", "6×9×8", "324", "23,328"],
        ["layer1.0.bn2", "BatchNorm2d", "6×9×8", "12"],
        ["layer1.0.downsample.0", "Conv2d", "6×9×8", "24", "1,728"],
        ["layer1.0.downsample.1", "BatchNorm2d", "6×9×8", "12"],
        ["layer1.0.add", "Add", "6×9×8"],
        ["layer1.0.act2", "ReLU", "6×9×8"],
        ["avgpool", "AdaptiveAvgPool2d", "6×1×1"],
        ["flatten", "Flatten", "6"],
        ["fc", "Linear", "10", "70", "60"],
    ]
    assert lines[-1].split() == ["total", "10", "786", "48,444"]
    assert len({len(line) for line in (lines[1], lines[2], lines[3], lines[-1])}) == 1


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
