"""Finding a network in the tables of a file, and choosing one of several."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_dsl.checkpoints.dialects import DIALECTS
from resnet_dsl.checkpoints.dialects.dialect import Dialect, Unsayable
from resnet_dsl.checkpoints.files.content import Content, Inert
from resnet_dsl.checkpoints.finding.location import Located, distinct, left_out_words, networks
from resnet_dsl.checkpoints.finding.selection import chosen
from resnet_dsl.checkpoints.finding.tables import tables
from resnet_dsl.checkpoints.stored import Filled
from resnet_dsl.diagnostics.diagnostic import Diagnostic, EnvironmentFault
from resnet_dsl.graph.shapes import Shape

from ..helpers import load, lower
from ..strategies.documents import Document, documents

STATE = lower(
    load(
        {
            "name": "small",
            "stem": {"channels": 8},
            "block": {"type": "bottleneck"},
            "stages": {"depths": [2, 1], "widths": [8, 16]},
            "head": {"classes": 5},
        }
    )
).state

PREFIXES = st.lists(
    st.sampled_from(["module", "_orig_mod", "backbone", "body", "encoder_q", "0", "net", "visual", "layer4", "fc"]),
    max_size=4,
).map(lambda words: "".join(f"{word}." for word in words))


def entries(state: Mapping[str, Shape], prefix: str = "") -> dict[str, Filled]:
    return {prefix + name: Filled(shape, 0.5) for name, shape in state.items()}


def found(tree: object) -> list[Located]:
    return networks(tables(Content(tree)))


def only(tree: object) -> Located:
    (located,) = found(tree)
    return located


def shapes(located: Located) -> dict[str, Shape]:
    return {name: part.shape for name, part in located.parts.items()}


@given(PREFIXES)
def test_a_network_is_found_below_any_prefix(prefix: str) -> None:
    """Whatever words it consists of, those of networks among them."""
    located = only({"state_dict": entries(STATE, prefix), "epoch": 3})
    assert (located.entry, located.prefix, located.left_out) == ("state_dict", prefix, ())
    assert shapes(located) == STATE
    assert located.names == {name: prefix + name for name in STATE}


@given(documents(), st.sampled_from(DIALECTS), PREFIXES)
def test_a_network_in_any_librarys_names_is_found(document: Document, dialect: Dialect, prefix: str) -> None:
    """In names that say the same: of every network that the library can say, below any prefix."""
    state = lower(load(document)).state
    try:
        names = dialect.write(state)
    except Unsayable:
        return
    tree = {prefix + theirs: Filled(dialect.to_theirs(name, state[name]).shape, 0.5) for name, theirs in names.items()}
    located = only(tree)
    assert shapes(located) == {name: state[name] for name in names}
    assert located.left_out == ()


@given(st.permutations(["model", "state_dict", "trunk", "base_model"]), st.integers(0, 4))
def test_wrappers_are_looked_into_at_any_depth(words: list[str], depth: int) -> None:
    """Mappings, lists and objects of classes that are not known."""
    tree: object = entries(STATE)
    for index, word in enumerate(words[:depth]):
        inert = Inert("my.Wrapper")
        inert.state = {word: tree}
        tree = ({word: tree}, inert, {word: [tree]})[index % 3]
    assert shapes(only({"epoch": 1, "run": tree})) == STATE


def test_a_module_that_was_pickled_as_a_whole_is_a_table() -> None:
    """With the names of its `state_dict`; buffers that are not saved are left out."""

    def module(parameters: dict[str, object], children: dict[str, object]) -> Inert:
        made = Inert("torch.nn.Module")
        made.state = {
            "_parameters": {**parameters, "none": None},
            "_buffers": {"filter": Filled((3,), 1.0)},
            "_modules": {**children, "empty": None},
            "_non_persistent_buffers_set": {"filter"},
        }
        return made

    def tree(prefix: str) -> Inert:
        inside = [name.removeprefix(prefix) for name in STATE if name.startswith(prefix)]
        leaves = {name: Filled(STATE[prefix + name], 0.5) for name in inside if "." not in name}
        children = dict.fromkeys(name.partition(".")[0] for name in inside if "." in name)
        return module({**leaves}, {name: tree(f"{prefix}{name}.") for name in children})

    assert shapes(only({"model": tree("")})) == STATE


def test_the_state_of_an_optimizer_is_no_network() -> None:
    """Although it has a tensor, or several, for every weight of one."""
    state = {index: {"exp_avg": Filled(shape, 0.0)} for index, shape in enumerate(STATE.values())}
    by_name = {name: {"exp_avg": Filled(shape, 0.0)} for name, shape in STATE.items()}
    assert found({"optimizer": {"state": state}, "named": {"state": by_name}}) == []


def test_what_is_no_part_of_the_network_is_left_out_and_counted_by_its_first_word() -> None:
    """The word after what it shares with the prefix; bookkeeping is not counted."""
    others = ["module.queue", "module.queue_ptr", "module.backbone.neck.weight", "criterion.weight", "module.neck.bias"]
    silent = ["n_averaged", "module.backbone.total_ops", "module.backbone.layer1.0.total_params", "module.n.total_ops"]
    tree = entries(STATE, "module.backbone.") | entries(dict.fromkeys([*others, *silent], (3,)))
    located = only(tree)
    assert shapes(located) == STATE
    assert located.left_out == tuple(others)
    assert left_out_words(located) == ["criterion", "neck", "queue", "queue_ptr"]


@pytest.mark.parametrize("name", ["layer1.0.conv4.weight", "conv2.extra", "layer1.9.extra", "layer3.conv.weight"])
def test_what_is_inside_the_trunk_is_never_left_out(name: str) -> None:
    """An entry beside those that are known would make the network another one."""
    located = only(entries(STATE | {name: (3,)}, "module."))
    assert located.left_out == ()
    assert located.parts[name].shape == (3,)


@pytest.mark.parametrize(
    ("names", "is_taken"),
    [
        (["fc"], True),
        (["linear"], True),
        (["last_linear"], True),
        (["classifier"], True),
        (["head.fc"], True),
        (["classifier.1"], True),
        (["fc.1"], True),
        (["fc.0", "fc.2"], False),
        (["projection"], False),
    ],
    ids=str,
)
@pytest.mark.parametrize("root", ["", "module.", "module.backbone."])
def test_a_classifier_is_a_single_linear_layer_beside_the_trunk(names: list[str], is_taken: bool, root: str) -> None:
    """Or beside a module that contains it. Several layers are a projection head, and no classifier."""
    trunk = {name: shape for name, shape in STATE.items() if not name.startswith("fc.")}
    tree = entries(trunk, "module.backbone.")
    for name in names:
        tree |= entries({"weight": (5, 64), "bias": (5,)}, f"{root}{name}.")
    located = only(tree)
    assert ("fc.weight" in located.parts) == is_taken
    assert (located.left_out == ()) == is_taken


@pytest.mark.parametrize("shape", [(5, 32), (5,), (5, 64, 1, 1, 1)])
def test_a_layer_that_does_not_take_the_features_is_no_classifier(shape: Shape) -> None:
    """Such as the last one of a projection head."""
    located = only(entries(STATE | {"fc.weight": shape}))
    assert "fc.weight" not in located.parts
    assert located.left_out == ("fc.weight", "fc.bias")


def test_pruned_weights_are_those_that_are_kept() -> None:
    """The part has the values and the mask; neither is left over."""
    tree = entries(STATE)
    tree["conv1.weight_orig"] = tree.pop("conv1.weight")
    tree["conv1.weight_mask"] = Filled(STATE["conv1.weight"], 1.0)
    located = only(tree)
    assert shapes(located) == STATE
    assert [entry.value for entry in located.parts["conv1.weight"].entries if isinstance(entry, Filled)] == [0.5, 1.0]


def test_a_network_that_is_held_twice_is_one() -> None:
    """Where its tensors are the same and not merely equal; the shorter prefix is taken."""

    def held(prefix: str, shares: bool) -> dict[str, Filled]:
        return {prefix + name: Filled(shape, 0.5, identity=(name, shares or prefix)) for name, shape in STATE.items()}

    twice = found(held("attacker.model.", True) | held("model.", True))
    assert [located.prefix for located in distinct(twice)] == ["model."]
    assert [located.left_out for located in distinct(twice)] == [()]
    assert len(distinct(found(held("attacker.model.", False) | held("model.", False)))) == 2


# Choosing


def choose(tree: dict[str, object], entry: str | None = None, prefix: str | None = None) -> tuple[Located, str]:
    return chosen(found(tree), entry=entry, prefix=prefix, keys=tree, file="w.pt")


def refusal(tree: dict[str, object], entry: str | None = None, prefix: str | None = None) -> Diagnostic:
    with pytest.raises(EnvironmentFault) as caught:
        choose(tree, entry, prefix)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "RD515"
    return diagnostic


@pytest.mark.parametrize(
    "key", ["ema", "model_ema", "state_dict_ema", "ema_state_dict", "ema_state", "model_ema.module"]
)
def test_averaged_weights_stand_for_raw_ones(key: str) -> None:
    """And that is said; the raw ones are taken if they are asked for."""
    tree: dict[str, object] = {"state_dict": entries(STATE)}
    first, _, second = key.partition(".")
    tree[first] = {second: entries(STATE)} if second else entries(STATE, "module.")
    located, said = choose(tree)
    assert located.entry == key
    assert said == f"took the averaged weights `{key}`, not `state_dict`"
    assert choose(tree, entry="state_dict")[0].entry == "state_dict"


@pytest.mark.parametrize(
    ("sign", "raw"), [("message_hub", "ema_state_dict"), ("current_model_state", "current_model_state")]
)
def test_some_libraries_save_the_average_as_the_state(sign: str, raw: str) -> None:
    """mmengine's hook and Lightning's callback swap the two before they save."""
    tree: dict[str, object] = {"state_dict": entries(STATE), "message_hub": 1, raw: entries(STATE)}
    if sign != "message_hub":
        del tree["message_hub"]
    located, said = choose(tree)
    assert (located.entry, said) == ("state_dict", f"took the averaged weights `state_dict`, not `{raw}`")


def test_nothing_else_is_chosen_in_silence() -> None:
    """The choices are listed with the options that take them, which then work."""
    tree: dict[str, object] = {"student": entries(STATE, "module."), "teacher": entries(STATE, "module.")}
    diagnostic = refusal(tree)
    assert diagnostic.message == ("`w.pt` has 2 networks of this family: `student.module` and `teacher.module`")
    assert diagnostic.helps == ("take one with `--entry student`", "take one with `--entry teacher`")
    assert choose(tree, entry="teacher")[0].entry == "teacher"
    pair = {"state_dict": entries(STATE, "encoder_q.") | entries(STATE, "encoder_k.")}
    assert refusal({**pair}).helps == ("take one with `--prefix encoder_k.`", "take one with `--prefix encoder_q.`")
    assert choose({**pair}, prefix="encoder_q.")[0].prefix == "encoder_q."
    assert choose({**pair}, prefix="encoder_q")[0].prefix == "encoder_q."


def test_an_average_of_another_network_is_no_choice() -> None:
    """Nor is one among several others that are averages."""
    smaller = {name: shape for name, shape in STATE.items() if not name.startswith("layer2.")}
    assert len(refusal({"model": entries(STATE), "model_ema": entries(smaller)}).helps) == 2
    assert len(refusal({"model": entries(STATE), "ema": entries(STATE), "model_ema": entries(STATE)}).helps) == 3


@pytest.mark.parametrize(("entry", "prefix"), [("models", None), (None, "module."), ("model", "module.")])
def test_a_choice_that_is_not_there_is_refused(entry: str | None, prefix: str | None) -> None:
    """Even if there is only one network, which needs no choice."""
    diagnostic = refusal({"model": entries(STATE)}, entry, prefix)
    assert "no network of this family at" in diagnostic.message
    (help_,) = diagnostic.helps
    assert help_.startswith("leave out `--")
